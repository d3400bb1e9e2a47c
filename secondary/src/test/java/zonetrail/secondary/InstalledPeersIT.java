package zonetrail.secondary;

import zonetrail.fixtures.PeerLauncher;
import zonetrail.fixtures.RequiresTool;

/// [PeerScenarios] with the peers of this machine. It is also what shows that these scenarios hold
/// where [NewerPeersIT] is skipped.
@RequiresTool(
    value = {"named", "knotd", "nsd"},
    debian = "bind9 knot nsd")
class InstalledPeersIT extends PeerScenarios {
  @Override
  PeerLauncher launcher() {
    return PeerLauncher.LOCAL;
  }
}
