package zonetrail.wire;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Names the rule that the annotated code implements, or that the annotated test proves.
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.FIELD, ElementType.CONSTRUCTOR})
@Repeatable(Rfc.List.class)
public @interface Rfc {
  /// The number of the RFC, for example 1034.
  int number();

  /// The section without its sign, for example `4.3.2`; empty for the document as a whole.
  String section() default "";

  /// The container for more than one rule on one element.
  @Documented
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD, ElementType.FIELD, ElementType.CONSTRUCTOR})
  @interface List {
    /// The rules, in source order.
    Rfc[] value();
  }
}
