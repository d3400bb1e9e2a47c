package zonetrail.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads `192.0.2.1:53` and `[2001:db8::1]:53`. Names of hosts are not looked up: a name server
/// should not need one to start.
final class SocketAddressConverter implements ITypeConverter<InetSocketAddress> {
  private static final int MAX_PORT = 65_535;
  private static final Pattern FORM =
      Pattern.compile(
          "(?:\\[([0-9a-fA-F:.]+(?:%[\\w.-]+)?)]|(\\d{1,3}(?:\\.\\d{1,3}){3})):(\\d{1,5})");

  @Override
  public InetSocketAddress convert(String text) {
    Matcher match = FORM.matcher(text);
    if (!match.matches() || Integer.parseInt(match.group(3)) > MAX_PORT) {
      throw wrong(text);
    }
    String host = match.group(1) == null ? match.group(2) : match.group(1);
    try {
      return new InetSocketAddress(InetAddress.ofLiteral(host), Integer.parseInt(match.group(3)));
    } catch (IllegalArgumentException notAnAddress) {
      throw wrong(text);
    }
  }

  private static TypeConversionException wrong(String text) {
    return new TypeConversionException(
        "'" + text + "' is not ADDR:PORT; write for example 192.0.2.1:53 or [2001:db8::1]:53");
  }
}
