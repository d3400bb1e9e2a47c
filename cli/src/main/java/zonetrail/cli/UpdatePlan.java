package zonetrail.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import zonetrail.cli.OupdateArguments.Action;
import zonetrail.masterfile.RdataText;
import zonetrail.update.UpdateMessage;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;

/// What `oupdate` asks a server to do: which records of a host come and which go.
///
/// @param host the name whose records change
/// @param type the type that was given; null if it is that of addresses
/// @param records what the values say
/// @param arguments how they change
record UpdatePlan(
    WireName host, @Nullable RRType type, List<PlannedRecord> records, OupdateArguments arguments) {

  /// A record without its owner.
  record PlannedRecord(RRType type, Rdata rdata) {}

  /// Reads the values.
  ///
  /// @throws IllegalArgumentException if they make no sense; the message says why
  static UpdatePlan of(OupdateArguments arguments) {
    WireName host = WireName.parse(arguments.host());
    String typeText = arguments.type();
    RRType type = typeText == null ? null : RRType.parse(typeText);
    if (typeText != null && (type == null || !type.isData())) {
      throw new IllegalArgumentException("--type: there is no record type " + typeText);
    }
    List<PlannedRecord> records = new ArrayList<>();
    if (type != null && !arguments.values().isEmpty()) {
      records.add(record(type, String.join(" ", arguments.values())));
    } else {
      arguments
          .values()
          .forEach(
              value -> records.add(record(value.contains(":") ? RRType.AAAA : RRType.A, value)));
    }
    if (records.isEmpty() && arguments.action() != Action.DELETE) {
      throw new IllegalArgumentException("an address is missing, or other data after --type");
    }
    return new UpdatePlan(host, type, records, arguments);
  }

  private static PlannedRecord record(RRType type, String text) {
    try {
      return new PlannedRecord(type, RdataText.parse(type, text, WireName.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "this is not the data of type " + type + ": " + e.getMessage(), e);
    }
  }

  /// The message.
  ///
  /// @param id 0 to 65535; hard to guess
  byte[] message(WireName zone, int id) {
    UpdateMessage message = new UpdateMessage(zone);
    addConditions(message);
    switch (arguments.action()) {
      case REPLACE -> {
        types().forEach(each -> message.delete(host, each));
        add(message);
      }
      case ADD -> add(message);
      case DELETE -> delete(message);
    }
    return message.octets(id);
  }

  private void addConditions(UpdateMessage message) {
    Set<RRType> types = types();
    switch (arguments.condition()) {
      case NONE -> {}
      case EXISTS -> {
        types.forEach(each -> message.ifExists(host, each));
        if (types.isEmpty()) {
          message.ifInUse(host);
        }
      }
      case ABSENT -> {
        types.forEach(each -> message.ifAbsent(host, each));
        if (types.isEmpty()) {
          message.ifNotInUse(host);
        }
      }
    }
  }

  private void add(UpdateMessage message) {
    records.forEach(each -> message.add(host, each.type(), arguments.ttlSeconds(), each.rdata()));
  }

  private void delete(UpdateMessage message) {
    records.forEach(each -> message.delete(host, each.type(), each.rdata()));
    if (records.isEmpty() && type != null) {
      message.delete(host, type);
    } else if (records.isEmpty()) {
      message.delete(host);
    }
  }

  private Set<RRType> types() {
    Set<RRType> types = new LinkedHashSet<>();
    if (type != null) {
      types.add(type);
    }
    records.forEach(each -> types.add(each.type()));
    return types;
  }

  /// In words, for people: `replace A 192.0.2.1`.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(arguments.action().name().toLowerCase(Locale.ROOT));
    records.forEach(each ->
        text.append(' ')
            .append(each.type())
            .append(' ')
            .append(RdataText.print(each.type(), each.rdata())));
    if (records.isEmpty()) {
      text.append(type == null ? " all records" : " all " + type + " records");
    }
    return text.toString();
  }
}
