package zonetrail.simulation;

/// Something happened that must not.
final class BrokenPromise extends AssertionError {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("AnnotateFormatMethod") // the annotation would be one more library
  BrokenPromise(String message, Object... values) {
    super(message.formatted(values));
  }
}
