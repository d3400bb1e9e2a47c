package zonetrail.server.git;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import zonetrail.authority.ZoneFiles;
import zonetrail.authority.ZoneSource.Known;
import zonetrail.fixtures.GitRepository;
import zonetrail.fixtures.RequiresTool;
import zonetrail.wire.WireName;
import zonetrail.zone.ServedZone;
import zonetrail.zone.UnavailableZone;
import zonetrail.zone.Zone;

/// Octets of the state directory flip, files of it are cut short or gone, one after the other in
/// every file: whatever is answered then is right, and when the remote is there all is mended.
@RequiresTool(value = "git", debian = "git")
class DamagedCloneIT {
  private static final long SEED = 12;
  private static final int FLIPS = 3;

  private static final WireName PARENT = WireName.parse("example");
  private static final WireName CHILD = WireName.parse("sub.example");
  private static final WireName BROKEN = WireName.parse("broken.example");
  private static final WireName LATER = WireName.parse("later.test");
  private static final List<WireName> ZONES = List.of(PARENT, CHILD, BROKEN, LATER);

  private static final String REVOKED =
      "old._notify.example. DNSKEY 0 3 163 b2xkIG9sZCBvbGQgb2xkIG9sZA==\n";
  private static final String KEY =
      "new._notify.example. DNSKEY 0 3 163 bmV3IG5ldyBuZXcgbmV3IG5ldw==\n";

  private GitRepository origin;
  private Path directory;
  private Path good;
  private Path state;
  private final Map<WireName, Zone> expected = new TreeMap<>();
  private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
  private final List<String> wrong = new ArrayList<>();

  private int heldBackLost;

  private enum Outcome {
    ALL_SERVED,
    SOME_SERVFAIL,
    NO_START
  }

  /// One way to damage a file.
  private interface Damage {
    void to(Path file) throws IOException;
  }

  private static String zone(int serial, String... lines) {
    return "$TTL 300\n@ SOA ns.example.org. host.example.org. "
        + serial
        + " 3600 900 604800 300\n  NS ns.example.org.\n"
        + String.join("\n", lines)
        + "\n";
  }

  private ZoneRepository open() throws FetchException {
    return ZoneRepository.open(
        RemoteAddress.parse(origin.bare().toString()), Optional.empty(), state, Optional.empty());
  }

  /// A clone of several packs, with a zone that is held back and one that was removed.
  @BeforeEach
  void makeGoodState(@TempDir Path fresh) throws Exception {
    directory = fresh;
    good = fresh.resolve("good");
    origin = GitRepository.create(fresh, "origin");
    state = fresh.resolve("state");
    origin
        .write("example", zone(1, "*.sub A 192.0.2.99"))
        .write("sub.example", zone(1))
        .write("broken.example", zone(1))
        .write("gone.example", zone(1))
        .write("example._keys", REVOKED)
        .push("first");
    ZoneFiles files = ZoneFiles.NONE;
    try (ZoneRepository repository = open()) {
      files = look(repository, files);
      origin
          .write("example", zone(2, "*.sub A 192.0.2.99"))
          .write("broken.example", zone(2, "a A 192.0.2.2"));
      origin.push("second");
      files = look(repository, files);
      origin
          .write("sub.example", zone(3, "www A 192.0.2.3"))
          .write("broken.example", zone(3, "x y z"));
      origin.write("example._keys", KEY).remove("gone.example").push("third");
      files = look(repository, files);
      origin
          .write("later.test", zone(4))
          .write("sub.example", zone(4, "www A 192.0.2.4"))
          .push("fourth");
      files = look(repository, files);
    }
    for (WireName apex : ZONES) {
      expected.put(apex, (Zone) requireNonNull(files.zones().zone(apex)));
    }
    assertThat(requireNonNull(expected.get(BROKEN)).serial().value()).isEqualTo(2);
    copy(state, good);
  }

  private static ZoneFiles look(ZoneRepository repository, ZoneFiles files) throws FetchException {
    ZoneFiles now = files.advance(repository.fetch(files.version())).files();
    repository.keep(now.version(), now.heldBack());
    return now;
  }

  @Test
  @Timeout(180)
  void whateverIsDamaged_noAnswerIsWrong_andTheRemoteMendsIt() throws Exception {
    Path away = directory.resolve("away.git");
    Random random = new Random(SEED);
    int files = 0;
    int damages = 0;
    for (Path file : filesOf(good)) {
      files++;
      Path name = good.relativize(file);
      for (Map.Entry<String, Damage> damage : damages(Files.size(file), random).entrySet()) {
        damages++;
        String what = name + " " + damage.getKey();
        copy(good, state);
        damage.getValue().to(state.resolve(name));
        age(state);

        Files.move(origin.bare(), away);
        startAway(what);
        Files.move(away, origin.bare());
        startWithRemote(what);
        Files.move(origin.bare(), away);
        Outcome mended = startAway(what + ", mended");
        if (mended == Outcome.NO_START) {
          wrong.add(what + " is not mended");
        }
        Files.move(away, origin.bare());
      }
    }
    System.out.printf(
        "%d files, %d damages: %d wrong answers; without the remote %s; a version that only the clone"
            + " had is lost %d times%n",
        files, damages, wrong.size(), outcomes, heldBackLost);
    assertThat(wrong).isEmpty();
  }

  private static Map<String, Damage> damages(long size, Random random) {
    Map<String, Damage> damages = new TreeMap<>();
    for (int i = 0; i < FLIPS && size > 0; i++) {
      int at = i == 0 ? 0 : random.nextInt((int) size);
      int flip = 1 << random.nextInt(8);
      damages.put(
          "octet " + at + " ^ " + flip,
          file -> {
            byte[] octets = Files.readAllBytes(file);
            octets[at] ^= (byte) flip;
            overwrite(file, octets);
          });
    }
    damages.put("cut to nothing", file -> overwrite(file, new byte[0]));
    damages.put(
        "cut in half",
        file -> {
          byte[] octets = Files.readAllBytes(file);
          overwrite(file, java.util.Arrays.copyOf(octets, octets.length / 2));
        });
    damages.put("deleted", Files::delete);
    return damages;
  }

  /// Packs are read-only.
  private static void overwrite(Path file, byte[] octets) throws IOException {
    Files.delete(file);
    Files.write(file, octets);
  }

  /// A start of a server, whose fetch fails.
  private Outcome startAway(String what) {
    Outcome outcome;
    try (ZoneRepository repository = open()) {
      Optional<Known> known = repository.known();
      if (known.isEmpty()) {
        outcome = Outcome.NO_START;
      } else {
        ZoneFiles files = ZoneFiles.resume(known.get()).files();
        outcome = judge(what + " at a start without the remote", files);
        repository.keep(files.version(), files.heldBack());
      }
      try {
        repository.fetch("");
        wrong.add(what + ": fetched from nowhere");
      } catch (FetchException expectedFailure) {
        assertThat(expectedFailure.getMessage()).hasLineCount(1);
      }
    } catch (FetchException clear) {
      assertThat(clear.getMessage()).as(what).hasLineCount(1);
      outcome = Outcome.NO_START;
    } catch (RuntimeException defect) {
      wrong.add(what + ": " + defect);
      outcome = Outcome.NO_START;
    }
    if (!what.endsWith("mended")) {
      outcomes.merge(outcome, 1, Integer::sum);
    }
    return outcome;
  }

  private void startWithRemote(String what) {
    try (ZoneRepository repository = open()) {
      Optional<Known> known = repository.known();
      ZoneFiles files = known.map(it -> ZoneFiles.resume(it).files()).orElse(ZoneFiles.NONE);
      judge(what + " at a start with the remote", files);
      // What turns out to be damaged while it is read is mended by the fetch after.
      files = look(repository, files);
      judge(what + " after a fetch", files);
      files = look(repository, files);
      judge(what + " after a second fetch", files);
      for (WireName apex : ZONES) {
        // What the tip has is served again; what it does not have, and was lost here, is not.
        boolean isHeldBack = apex.equals(BROKEN);
        if (files.zones().zone(apex) instanceof UnavailableZone) {
          if (isHeldBack) {
            heldBackLost++;
          } else {
            wrong.add(what + ": " + apex + " is not served when the remote is there");
          }
        }
      }
    } catch (FetchException | RuntimeException defect) {
      wrong.add(what + " with the remote: " + defect);
    }
  }

  private Outcome judge(String what, ZoneFiles files) {
    if (files.zones().size() == 0) {
      return Outcome.NO_START;
    }
    Outcome outcome = Outcome.ALL_SERVED;
    for (WireName apex : ZONES) {
      ServedZone served = files.zones().enclosing(apex);
      Zone right = requireNonNull(expected.get(apex));
      if (served instanceof UnavailableZone) {
        outcome = Outcome.SOME_SERVFAIL;
      } else if (!(served instanceof Zone zone) || !zone.sameRecords(right)) {
        wrong.add(what + ": " + apex + " is answered by " + named(served));
      }
    }
    if (files.keys().keys().stream().anyMatch(key -> key.name().toString().startsWith("old."))) {
      wrong.add(what + ": a key that was revoked is in force");
    }
    return outcome;
  }

  private static String named(@Nullable ServedZone served) {
    return served instanceof Zone zone
        ? zone.apex() + " serial " + zone.serial().value()
        : "nothing";
  }

  private static List<Path> filesOf(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    if (Files.exists(to)) {
      try (Stream<Path> all = Files.walk(to)) {
        all.sorted(java.util.Comparator.reverseOrder()).forEach(DamagedCloneIT::delete);
      }
    }
    try (Stream<Path> all = Files.walk(from)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        Files.copy(path, to.resolve(from.relativize(path)));
      }
    }
  }

  /// Git looks again and again at what changed just now.
  private static void age(Path directory) throws IOException {
    FileTime longAgo = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        Files.setLastModifiedTime(path, longAgo);
      }
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
