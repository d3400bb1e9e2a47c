package zonetrail.transfer;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import zonetrail.zone.RRset;

/// The records of RRsets that come one after the other.
final class GivenRecords implements TransferRecords {
  private final Iterator<RRset> rrsets;
  private @Nullable RRset current;
  private int nextRecord;

  GivenRecords(Iterator<RRset> rrsets) {
    this.rrsets = rrsets;
    advance();
  }

  @Override
  public boolean hasRecord() {
    return current != null;
  }

  @Override
  public boolean addTo(TransferMessage message) {
    return current != null && message.add(current, current.rdatas().get(nextRecord));
  }

  @Override
  public void advance() {
    if (current != null && ++nextRecord < current.rdatas().size()) {
      return;
    }
    nextRecord = 0;
    current = rrsets.hasNext() ? rrsets.next() : null;
  }

  @Override
  public @Nullable RRset rrset() {
    return current;
  }
}
