package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import zonetrail.wire.WireName;

/// A zone file for a test, with what it includes.
///
/// @param name what it is called in messages and in `docs/zone-files.md`
/// @param apex the zone, without final dot
/// @param octets the file
/// @param included the files that it includes, by their names
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record ZoneSample(String name, String apex, byte[] octets, Map<String, byte[]> included) {

  static ZoneSample of(String name, String apex, byte[] octets) {
    return new ZoneSample(name, apex, octets, Map.of());
  }

  static ZoneSample of(String name, String apex, String text) {
    return of(name, apex, text.getBytes(StandardCharsets.UTF_8));
  }

  ZoneSample including(String file, String text) {
    return new ZoneSample(name, apex, octets, Map.of(file, text.getBytes(StandardCharsets.UTF_8)));
  }

  ZoneSample with(byte[] other) {
    return new ZoneSample(name, apex, other, included);
  }

  boolean hasByteOrderMark() {
    return octets.length > 2 && octets[0] == (byte) 0xef && octets[1] == (byte) 0xbb;
  }

  ZoneSample withoutByteOrderMark() {
    return hasByteOrderMark() ? with(Arrays.copyOfRange(octets, 3, octets.length)) : this;
  }

  WireName apexName() {
    return WireName.parse(apex);
  }

  IncludeSource includes() {
    return (from, path) -> {
      byte[] text = included.get(path);
      return text == null
          ? new IncludeSource.Refused("there is no " + path)
          : new IncludeSource.Found(path, text);
    };
  }

  @Override
  public String toString() {
    return name;
  }
}
