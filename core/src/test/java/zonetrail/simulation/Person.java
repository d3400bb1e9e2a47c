package zonetrail.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import zonetrail.authority.Acceptance;

/// Somebody who pushes: good zones and bad ones, removals, keys, and now and then by force.
final class Person {
  static final String NAME = "a person";
  private static final Pattern SERIAL = Pattern.compile("(SOA\\s+\\S+\\s+\\S+\\s+\\(?\\s*)(\\d+)");
  private static final String BROKEN = "broken A nonsense\n";

  private final World world;
  private final SimRemote remote;
  private final Setting setting;
  private final Faults faults;

  /// Apart from the world's, so that what a seed does otherwise stays.
  private final Random chance = new Random(1);

  Person(World world, SimRemote remote, Setting setting, Faults faults) {
    this.world = world;
    this.remote = remote;
    this.setting = setting;
    this.faults = faults;
  }

  void begin() {
    world.after(
        world.between(200, 5_000),
        () -> {
          if (!faults.areOver()) {
            push();
            begin();
          }
        });
  }

  private void push() {
    SortedMap<String, String> files = new TreeMap<>(remote.tipCommit().files());
    String zone = world.oneOf(Setting.ZONES);
    String text = files.get(zone);
    int number = world.nextNumber();
    String parent = remote.tip();
    String what;
    if (text == null) {
      what = "brings back " + zone;
      files.put(zone, raised(String.valueOf(Setting.files().get(zone)), 1_000 + number));
    } else {
      switch (world.random.nextInt(setting.rewrites() ? 14 : 12)) {
        case 0, 1, 2, 3 -> {
          what = "adds to " + zone;
          files.put(zone, raised(text, 1) + "h" + number + " A 192.0.2.1\n");
        }
        case 4 -> {
          what = "adds to " + zone + " and does not raise its serial";
          files.put(zone, text + "h" + number + " A 192.0.2.2\n");
        }
        case 5 -> {
          what = "breaks " + zone;
          files.put(zone, raised(text, 1) + BROKEN);
        }
        case 6, 7 -> {
          what = "mends " + zone;
          files.put(zone, raised(text.replace(BROKEN, ""), world.random.nextInt(4)));
        }
        case 8 -> {
          what = "takes the name of a client in " + zone;
          files.put(zone, raised(text, 1) + "p" + world.random.nextInt(4) + " A 192.0.2.3\n");
        }
        case 9 -> {
          what = "removes records of " + zone;
          files.put(zone, raised(withoutLast(text), 2));
        }
        case 10 -> {
          what = "changes the keys";
          files.put(Setting.KEY_FILE, otherKeys(String.valueOf(files.get(Setting.KEY_FILE))));
        }
        case 11 -> {
          what = "removes " + zone;
          files.remove(zone);
        }
        case 12 -> {
          what = "takes commits back by force";
          parent = before(parent, 1 + world.random.nextInt(3));
          files = new TreeMap<>(remote.commit(parent).files());
          if (files.containsKey(zone)) {
            files.put(zone, raised(String.valueOf(files.get(zone)), world.random.nextInt(8)));
          }
          remote.wasRewritten = true;
        }
        default -> {
          what = "makes one commit of some by force";
          parent = before(parent, 1 + world.random.nextInt(3));
          remote.wasRewritten = true;
        }
      }
    }
    commit(parent, files, what);
  }

  private String before(String commit, int steps) {
    List<SimCommit> line = remote.line(commit);
    return line.get(Math.min(steps, line.size() - 1)).id();
  }

  private void commit(String parent, SortedMap<String, String> files, String what) {
    String before = remote.tip();
    commit(parent, files, what, List.of());
    if (remote.losesUpdates(before, remote.tip()) && chance.nextBoolean()) {
      world.after(Duration.ofMillis(chance.nextInt(10_000)), this::acceptLoss);
    }
  }

  /// Says that updates may go that the branch had before somebody forced it.
  void acceptLoss() {
    if (remote.wasRewritten) {
      remote.wasLossAccepted = true;
      commit(
          remote.tip(),
          remote.tipCommit().files(),
          "accepts what is gone",
          List.of(Acceptance.TRAILER + ": " + remote.tip()));
    }
  }

  private void commit(
      String parent, SortedMap<String, String> files, String what, List<String> trailers) {
    SimCommit commit =
        SimCommit.of(world.commitId(), parent, world.now(), NAME, NAME, trailers, files);
    world.trace("%s %s: %s on %s", NAME, what, World.shortId(commit.id()), World.shortId(parent));
    remote.store(commit);
    remote.moveTo(commit.id());
  }

  private static String raised(String text, int by) {
    Matcher serial = SERIAL.matcher(text);
    if (!serial.find()) {
      throw new IllegalStateException("no serial in " + text);
    }
    long next = Long.parseLong(serial.group(2)) + by;
    return serial.replaceFirst("$1" + next);
  }

  /// A zone file with the serial of another.
  static String withSerialOf(String other, String text) {
    Matcher serial = SERIAL.matcher(other);
    return serial.find() ? SERIAL.matcher(text).replaceFirst("$1" + serial.group(2)) : text;
  }

  private static String withoutLast(String text) {
    List<String> lines = new ArrayList<>(text.lines().toList());
    if (lines.size() > 5) {
      lines.removeLast();
    }
    return String.join("\n", lines) + "\n";
  }

  private String otherKeys(String keys) {
    if (keys.contains(Promises.BROKEN_KEYS)) {
      return String.valueOf(Setting.files().get(Setting.KEY_FILE));
    }
    String third = Setting.keyLine(Setting.CLIENTS.getLast());
    return world.isLikely(0.3)
        ? keys + Promises.BROKEN_KEYS + "\n"
        : keys.contains(third) ? keys.replace(third, "") : keys + third;
  }

  /// Makes everything good that is not.
  void mendAll() {
    SortedMap<String, String> files = new TreeMap<>(remote.tipCommit().files());
    for (String zone : new ArrayList<>(files.keySet())) {
      String text = String.valueOf(files.get(zone));
      if (zone.equals(Setting.KEY_FILE)) {
        files.put(zone, String.valueOf(Setting.files().get(zone)));
      } else if (!zone.endsWith(".md")) {
        files.put(zone, raised(text.replace(BROKEN, ""), 5_000));
      }
    }
    for (String zone : Setting.ZONES) {
      files.computeIfAbsent(zone, any -> raised(String.valueOf(Setting.files().get(zone)), 20_000));
    }
    commit(remote.tip(), files, "mends everything", List.of(Acceptance.TRAILER + ": this"));
  }
}
