package zonetrail.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.tsig.KeyRing;
import zonetrail.tsig.TsigKey;
import zonetrail.tsig.TsigSigner;
import zonetrail.tsig.TsigVerifier;
import zonetrail.tsig.Verdict;
import zonetrail.wire.Header;
import zonetrail.wire.Opcode;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;

/// Clients that send updates and try again, one who overhears them, and the remote's hook.
final class Clients {
  private static final int MAX_TRIES = 4;

  private final World world;
  private final Faults faults;
  private final Promises promises;
  private final List<SimPrimary> primaries;
  private final List<SimUpdate> made = new ArrayList<>();
  private final List<Sent> overheard = new ArrayList<>();

  /// A message on the network.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Sent(SimUpdate update, byte[] message, SimPrimary to) {}

  Clients(
      World world, SimRemote remote, Faults faults, Promises promises, List<SimPrimary> primaries) {
    this.world = world;
    this.faults = faults;
    this.promises = promises;
    this.primaries = primaries;
    remote.onMove((last, next) -> callHook());
  }

  void begin() {
    Setting.CLIENTS.forEach(this::ask);
    overhear();
  }

  // ---- a client ----

  private void ask(TsigKey key) {
    world.after(
        world.between(20, 1_500),
        () -> {
          if (!faults.areOver()) {
            SimUpdate update = someUpdate(key);
            send(update, sign(update), world.oneOf(primaries), 1);
            ask(key);
          }
        });
  }

  /// Sends a message, and tries again where no answer comes that is for good.
  private void send(SimUpdate update, byte[] message, SimPrimary to, int tries) {
    Sent sent = new Sent(update, message, to);
    overheard.add(sent);
    world.trace("a client sends %s to %s", update, to);
    deliver(
        sent,
        rcode -> {
          if (!rcode.equals(Rcode.SERVFAIL)) {
            update.isSettled = true;
          }
          if (rcode.equals(Rcode.NOERROR) && !update.adds.isEmpty() && !made.contains(update)) {
            made.add(update);
          }
        });
    world.after(
        world.between(1_500, 5_000),
        () -> {
          if (update.isSettled || tries == MAX_TRIES || faults.areOver()) {
            return;
          }
          boolean isSame = world.isLikely(0.6);
          SimPrimary next = world.isLikely(0.8) ? to : world.oneOf(primaries);
          send(update, isSame ? message : sign(update), next, tries + 1);
        });
  }

  private void deliver(Sent sent, java.util.function.Consumer<Rcode> answer) {
    for (int i = faults.copies(); i > 0; i--) {
      world.after(
          world.between(1, 40),
          () ->
              sent.to()
                  .receive(
                      sent.message(),
                      new SimReply(
                          "the " + sent.update(),
                          sent.update(),
                          rcode -> {
                            if (faults.copies() > 0) {
                              world.after(world.between(1, 40), () -> answer.accept(rcode));
                            }
                          })));
    }
  }

  /// Somebody sends again what he overheard, and what he signed with a key that he made up.
  private void overhear() {
    world.after(
        world.between(100, 4_000),
        () -> {
          if (faults.areOver()) {
            return;
          }
          if (!overheard.isEmpty()) {
            Sent sent = world.oneOf(overheard);
            SimPrimary to = world.isLikely(0.5) ? sent.to() : world.oneOf(primaries);
            world.trace("somebody sends %s again to %s", sent.update(), to);
            deliver(new Sent(sent.update(), sent.message(), to), rcode -> {});
            TsigKey wrong =
                TsigKey.parse(
                    "one._update.example:SHA256:bWFkZSB1cCBieSBzb21lYm9keSB3aG8gaGFzIG5vIGtleQ==");
            byte[] unsigned = sent.update().message;
            byte[] forged =
                TsigSigner.signRequest(unsigned, unsigned.length, wrong, world.now()).message();
            to.receive(forged, new SimReply("a forged update", null, rcode -> {}));
          }
          overhear();
        });
  }

  private byte[] sign(SimUpdate update) {
    byte[] unsigned = update.message;
    byte[] message =
        TsigSigner.signRequest(unsigned, unsigned.length, update.key, world.now()).message();
    Verdict verdict =
        TsigVerifier.verify(
            message,
            message.length,
            KeyRing.of(java.util.Map.of("any", List.of(update.key))),
            world.now());
    if (verdict instanceof Verdict.Verified verified) {
      promises.signed(verified.requestId(), update);
    }
    return message;
  }

  private SimUpdate someUpdate(TsigKey key) {
    int number = world.nextNumber();
    String zone = world.oneOf(Setting.ZONES);
    List<SimUpdate> mine =
        made.stream().filter(update -> update.key.equals(key) && update.alwaysChanges).toList();
    return switch (world.random.nextInt(10)) {
      case 0, 1 -> addIfAbsent(number, zone, key, "p" + world.random.nextInt(4));
      case 2, 3 -> {
        if (mine.isEmpty()) {
          yield add(number, zone, key);
        }
        SimUpdate before = world.oneOf(mine);
        made.remove(before);
        yield delete(number, before, key);
      }
      case 4 -> world.isLikely(0.5) ? makeZone(number, key) : removeZone(number, key);
      default -> add(number, zone, key);
    };
  }

  SimUpdate add(int number, String zone, TsigKey key) {
    return update(number, zone, key, List.of("u" + number), List.of(), List.of());
  }

  private SimUpdate addIfAbsent(int number, String zone, TsigKey key, String name) {
    return update(number, zone, key, List.of(name), List.of(), List.of(name));
  }

  private SimUpdate delete(int number, SimUpdate before, TsigKey key) {
    List<String> names =
        before.adds.stream().map(name -> name.toStringNoDot().split("\\.", 2)[0]).toList();
    return update(number, before.zone.toStringNoDot(), key, List.of(), names, List.of());
  }

  private SimUpdate update(
      int number,
      String zone,
      TsigKey key,
      List<String> adds,
      List<String> deletes,
      List<String> absent) {
    try {
      Name origin = Name.fromString(zone + ".");
      Update update = new Update(origin);
      update.getHeader().setID(number & 0xffff);
      for (String name : absent) {
        update.absent(Name.fromString(name, origin));
      }
      for (String name : deletes) {
        update.delete(Name.fromString(name, origin));
      }
      for (String name : adds) {
        String address = "10.0.%d.%d".formatted(number >> 8 & 255, number & 255);
        update.add(Name.fromString(name, origin), Type.A, 60, address);
      }
      SimUpdate made =
          new SimUpdate(number, WireName.parse(zone), key, update.toWire(Message.MAXLENGTH));
      adds.forEach(name -> made.adds.add(WireName.parse(name + "." + zone)));
      deletes.forEach(name -> made.deletes.add(WireName.parse(name + "." + zone)));
      absent.forEach(name -> made.absent.add(WireName.parse(name + "." + zone)));
      made.alwaysChanges = !adds.isEmpty();
      return made;
    } catch (IOException never) {
      throw new UncheckedIOException(never);
    }
  }

  private SimUpdate makeZone(int number, TsigKey key) {
    try {
      Name origin = Name.fromString("made.example.");
      Update update = new Update(origin);
      update.getHeader().setID(number & 0xffff);
      update.add(origin, Type.SOA, 300, "ns.example.org. h.example.org. 1 300 20 604800 300");
      update.add(origin, Type.NS, 300, "ns.example.org.");
      SimUpdate made =
          new SimUpdate(number, Setting.MADE_ZONE, key, update.toWire(Message.MAXLENGTH));
      made.adds.add(Setting.MADE_ZONE);
      return made;
    } catch (IOException never) {
      throw new UncheckedIOException(never);
    }
  }

  private SimUpdate removeZone(int number, TsigKey key) {
    try {
      Name origin = Name.fromString("made.example.");
      Update update = new Update(origin);
      update.getHeader().setID(number & 0xffff);
      update.delete(origin, Type.SOA);
      SimUpdate made =
          new SimUpdate(number, Setting.MADE_ZONE, key, update.toWire(Message.MAXLENGTH));
      made.deletes.add(Setting.MADE_ZONE);
      return made;
    } catch (IOException never) {
      throw new UncheckedIOException(never);
    }
  }

  // ---- the hook ----

  private void callHook() {
    for (SimPrimary primary : primaries) {
      for (int i = faults.copies(); i > 0; i--) {
        world.after(
            world.between(5, 400),
            () -> {
              WireName zone = WireName.parse(world.oneOf(Setting.ZONES));
              primary.receiveNotify(signedNotify(zone), zone);
            });
      }
    }
  }

  private byte[] signedNotify(WireName zone) {
    byte[] message = new byte[Header.OCTETS + zone.length() + 4];
    Header.putU16(message, Header.ID, world.nextNumber() & 0xffff);
    Header.putU16(message, Header.FLAGS, Header.withOpcode(Opcode.NOTIFY) | Header.AA);
    Header.putU16(message, Header.QDCOUNT, 1);
    int at = zone.copyTo(message, Header.OCTETS);
    Header.putU16(message, at, 6);
    Header.putU16(message, at + 2, 1);
    return TsigSigner.signRequest(message, message.length, Setting.HOOK, world.now()).message();
  }

  // ---- at the end ----

  /// A fresh update for each primary, and each message once more that was never answered for good.
  List<SimUpdate> askOnceMore() {
    List<SimUpdate> last = new ArrayList<>();
    for (SimPrimary primary : primaries) {
      SimUpdate update =
          add(world.nextNumber(), Setting.ZONES.getFirst(), Setting.CLIENTS.getFirst());
      send(update, sign(update), primary, MAX_TRIES);
      last.add(update);
    }
    return last;
  }

  Duration patience() {
    return Setting.TIMEOUT.plusSeconds(1);
  }
}
