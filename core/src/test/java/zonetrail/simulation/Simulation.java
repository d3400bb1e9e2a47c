package zonetrail.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import zonetrail.authority.EditSettings.Ack;
import zonetrail.authority.ZoneStatus;

/// One run, of which a seed decides everything.
final class Simulation {
  private static final Duration TROUBLE = Duration.ofSeconds(20);
  private static final Duration MOST_TO_CONVERGE = Duration.ofMinutes(10);

  /// How long a server believes that the remote does not want its commits.
  private static final Duration REFUSAL_IS_OVER = Duration.ofSeconds(65);

  private static final int SECONDARIES = 3;

  private static final Duration LOOK = Duration.ofSeconds(5);

  private final World world;
  private final SimRemote remote = new SimRemote();
  private final Faults faults;
  private final List<SimPrimary> primaries = new ArrayList<>();
  private final List<SimSecondary> secondaries = new ArrayList<>();
  private final Person person;
  private final Clients clients;

  private Simulation(long seed, Setting setting, Bug bug, boolean traces) {
    this.world = new World(seed, traces);
    this.faults = new Faults(world, remote);
    Promises promises = new Promises(world, remote, setting.isLocal());
    SimCommit first =
        SimCommit.of(
            world.commitId(),
            null,
            world.now(),
            Person.NAME,
            Person.NAME,
            List.of(),
            Setting.files());
    remote.store(first);
    remote.moveTo(first.id());
    for (int i = 0; i < setting.primaries(); i++) {
      primaries.add(
          new SimPrimary("server" + (i + 1), world, remote, setting, faults, promises, bug));
    }
    for (int i = 0; i < SECONDARIES; i++) {
      List<SimPrimary> asked = askedBy(i, setting);
      secondaries.add(new SimSecondary(i + 1, world, faults, promises, bug, asked));
    }
    for (SimPrimary primary : primaries) {
      primary.onPublish(zones -> secondaries.forEach(each -> each.tell(primary, zones)));
    }
    this.person = new Person(world, remote, setting, faults);
    this.clients = new Clients(world, remote, faults, promises, primaries);
  }

  /// Where a serial stands for the same at all primaries, secondaries ask all of them, one in
  /// another order; else one.
  private List<SimPrimary> askedBy(int secondary, Setting setting) {
    boolean isLast = secondary == 1;
    if (setting.isLocal() || setting.rewrites()) {
      return List.of(isLast ? primaries.getLast() : primaries.getFirst());
    }
    return isLast ? primaries.reversed() : primaries;
  }

  /// What a seed says of the setting.
  static Setting settingOf(long seed) {
    int bits = Math.floorMod((seed * 0x9e3779b97f4a7c15L) >>> 20, 16);
    return new Setting(
        (bits & 1) == 0 ? Ack.PUSHED : Ack.LOCAL,
        (bits & 2) == 0,
        (bits & 4) == 0 ? 1 : 2,
        (bits & 8) == 0);
  }

  /// Runs it.
  ///
  /// @return what was broken and how it came to that; null if nothing was
  static @org.jspecify.annotations.Nullable Failure run(
      long seed, Setting setting, Bug bug, boolean traces) {
    Simulation simulation = new Simulation(seed, setting, bug, traces);
    try {
      simulation.run();
      return null;
    } catch (BrokenPromise | RuntimeException broken) {
      return new Failure(seed, setting, broken, simulation.world.traced());
    }
  }

  /// A run in which a promise was broken.
  record Failure(long seed, Setting setting, Throwable reason, String trace) {}

  private void run() {
    primaries.forEach(SimPrimary::start);
    secondaries.forEach(SimSecondary::begin);
    clients.begin();
    person.begin();
    faults.begin(primaries);
    world.runFor(TROUBLE);
    faults.stop(primaries);
    person.acceptLoss();
    converge();
    person.mendAll();
    converge();
    requireAllGood();
    world.runFor(REFUSAL_IS_OVER);
    List<SimUpdate> last = clients.askOnceMore();
    world.runFor(clients.patience());
    for (SimUpdate update : last) {
      if (!update.isAcknowledged) {
        throw new BrokenPromise("%s is not made although all is well", update);
      }
    }
    converge();
  }

  private void converge() {
    for (Duration waited = Duration.ZERO; !isConverged(); waited = waited.plus(LOOK)) {
      if (waited.compareTo(MOST_TO_CONVERGE) > 0) {
        throw new BrokenPromise(
            "%s %s",
            primaries.stream().map(this::state).toList(),
            secondaries.stream().map(SimSecondary::state).toList());
      }
      world.runFor(LOOK);
    }
  }

  private String state(SimPrimary primary) {
    return "%s serves %s of %s, and %s wait"
        .formatted(
            primary,
            World.shortId(primary.published().version()),
            World.shortId(remote.tip()),
            primary.disk().waiting());
  }

  private boolean isConverged() {
    return primaries.stream()
            .allMatch(primary ->
                primary.isUp()
                    && primary.published().version().equals(remote.tip())
                    && primary.disk().isAtRest())
        && secondaries.stream().allMatch(SimSecondary::isConverged);
  }

  private void requireAllGood() {
    for (SimPrimary primary : primaries) {
      primary
          .published()
          .files()
          .statuses()
          .filter(status -> status.state() != ZoneStatus.State.CURRENT)
          .forEach(status -> {
            throw new BrokenPromise("%s does not serve %s as it is now", primary, status);
          });
    }
  }
}
