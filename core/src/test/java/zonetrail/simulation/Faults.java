package zonetrail.simulation;

import java.time.Duration;
import java.util.List;

/// What goes wrong, until it stops.
final class Faults {
  private final World world;
  private final SimRemote remote;
  private boolean areOver;
  private double lossChance;
  private boolean isSlow;

  Faults(World world, SimRemote remote) {
    this.world = world;
    this.remote = remote;
    this.lossChance = world.oneOf(List.of(0.0, 0.02, 0.1, 0.3));
  }

  boolean areOver() {
    return areOver;
  }

  /// From now on all goes well.
  void stop(List<SimPrimary> primaries) {
    world.trace("the faults are over");
    areOver = true;
    lossChance = 0;
    isSlow = false;
    remote.isAway = false;
    remote.isRefusing = false;
    for (SimPrimary primary : primaries) {
      primary.disk().isDiskFull = false;
      if (!primary.isUp()) {
        primary.start();
      }
    }
  }

  Duration networkDelay() {
    return isSlow ? world.between(200, 3_000) : world.between(1, 60);
  }

  boolean losesExchange() {
    return world.isLikely(lossChance);
  }

  /// A message of a client or a hook on its way: how often it arrives.
  int copies() {
    return areOver ? 1 : world.isLikely(0.1) ? 0 : world.isLikely(0.1) ? 2 : 1;
  }

  boolean killsInTheMiddle() {
    return !areOver && world.isLikely(0.02);
  }

  void restartLater(SimPrimary primary) {
    primary.kill();
    world.after(
        world.between(20, 3_000),
        () -> {
          if (!primary.isUp()) {
            primary.start();
          }
        });
  }

  /// Begins to make trouble.
  void begin(List<SimPrimary> primaries) {
    world.after(
        world.between(300, 5_000),
        () -> {
          if (areOver) {
            return;
          }
          SimPrimary primary = world.oneOf(primaries);
          switch (world.random.nextInt(7)) {
            case 0, 1 -> {
              if (primary.isUp()) {
                restartLater(primary);
              }
            }
            case 2 -> {
              world.trace("the remote is away");
              remote.isAway = true;
              world.after(
                  world.between(300, 12_000),
                  () -> {
                    world.trace("the remote is back");
                    remote.isAway = false;
                  });
            }
            case 3 -> {
              world.trace("the remote refuses pushes");
              remote.isRefusing = true;
              world.after(world.between(300, 12_000), () -> remote.isRefusing = false);
            }
            case 4 -> {
              isSlow = true;
              world.after(world.between(300, 12_000), () -> isSlow = false);
            }
            case 5 -> {
              primary.disk().isDiskFull = true;
              world.after(world.between(100, 3_000), () -> primary.disk().isDiskFull = false);
            }
            default -> lossChance = world.oneOf(List.of(0.0, 0.05, 0.4));
          }
          begin(primaries);
        });
  }
}
