package zonetrail.answer;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;

/// What a server says of itself to who asks: by questions in class CH, and by the option NSID.
///
/// @param version what `version.bind` and `version.server` say; null: they are refused
/// @param name what `id.server`, `hostname.bind` and NSID say, by which an operator tells one of
///   several servers from another; null: they are refused, and NSID has no answer
@Rfc(number = 4892, section = "3")
public record ServerIdentity(@Nullable String version, @Nullable String name) {
  /// The most octets of each text.
  public static final int MAX_OCTETS = 255;

  /// A server that says nothing.
  public static final ServerIdentity NONE = new ServerIdentity(null, null);

  private static final Set<String> VERSION_NAMES = Set.of("version.bind.", "version.server.");
  private static final Set<String> NAME_NAMES = Set.of("id.server.", "hostname.bind.");

  /// @throws IllegalArgumentException if a text is longer than [#MAX_OCTETS], or empty
  public ServerIdentity {
    for (String text : new String[] {version, name}) {
      int octets = text == null ? 1 : octets(text).length;
      if (octets < 1 || octets > MAX_OCTETS) {
        throw new IllegalArgumentException(
            "a text of " + octets + " octets; 1 to " + MAX_OCTETS + " can be said");
      }
    }
  }

  /// The rdata of the TXT record that answers a question in class CH, or null where it is refused.
  byte @Nullable [] txt(String qname, RRType qtype) {
    if (qtype != RRType.TXT && qtype != RRType.ANY) {
      return null;
    }
    String asked = qname.toLowerCase(Locale.ROOT);
    String text =
        VERSION_NAMES.contains(asked) ? version : NAME_NAMES.contains(asked) ? name : null;
    if (text == null) {
      return null;
    }
    byte[] octets = octets(text);
    byte[] rdata = new byte[1 + octets.length];
    rdata[0] = (byte) octets.length;
    System.arraycopy(octets, 0, rdata, 1, octets.length);
    return rdata;
  }

  /// The content of NSID (RFC 5001 §2.3), or null where it is not answered.
  @Rfc(number = 5001, section = "2.3")
  byte @Nullable [] nsid() {
    return name == null ? null : octets(name);
  }

  private static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
