package zonetrail.server;

import java.util.List;
import picocli.CommandLine.Option;
import zonetrail.answer.guard.AddressRange;
import zonetrail.transfer.TransferRights;

/// The options that say who may transfer zones without a key for it.
final class TransferOptions {
  @Option(
      names = "--allow-transfer",
      paramLabel = "NET",
      description = {
        "A network that may transfer every zone (AXFR, IXFR) without a key, as 192.0.2.0/24; may be"
            + " given more than once.",
        "Keys named _transfer or _update may anyway, within their scope."
      })
  private List<String> networks = List.of();

  @Option(names = "--axfr", description = "Everybody may transfer every zone.")
  private boolean open;

  /// Who may.
  ///
  /// @throws IllegalArgumentException if a network is none
  TransferRights rights() {
    return new TransferRights(open, networks.stream().map(AddressRange::parse).toList());
  }
}
