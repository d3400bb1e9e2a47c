package zonetrail.transfer;

import java.net.InetAddress;
import java.util.List;
import zonetrail.answer.guard.AddressRange;
import zonetrail.tsig.KeyName;
import zonetrail.tsig.Operation;
import zonetrail.wire.Rfc;
import zonetrail.wire.WireName;

/// Who may transfer zones: whoever signs with a key that permits it, and who is named here.
///
/// A key gives rights and takes none away: a client of a network named here may sign with any key.
///
/// @param isOpen whether everybody may, every zone
/// @param networks who may by their address, every zone
@Rfc(number = 5936, section = "5")
public record TransferRights(boolean isOpen, List<AddressRange> networks) {
  /// Nobody but by key.
  public static final TransferRights BY_KEY = new TransferRights(false, List.of());

  /// Copies the list.
  public TransferRights {
    networks = List.copyOf(networks);
  }

  /// Whether a client may without a signature.
  public boolean permits(InetAddress client) {
    return isOpen || networks.stream().anyMatch(network -> network.contains(client));
  }

  /// Whether a client may that signed with this key.
  public boolean permits(InetAddress client, KeyName key, WireName zone) {
    return key.permits(Operation.TRANSFER, zone) || permits(client);
  }
}
