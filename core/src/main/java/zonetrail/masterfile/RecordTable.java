package zonetrail.masterfile;

import java.util.Arrays;
import java.util.function.Consumer;
import zonetrail.wire.RRType;
import zonetrail.wire.WireName;
import zonetrail.zone.Rdata;
import zonetrail.zone.ZoneBuilder;

/// The records of a master file, in columns: no object per record but the owner names, which
/// consecutive records share.
final class RecordTable implements Records {
  /// So many records are handed over at a time.
  private static final int SLICE_RECORDS = 8_192;

  /// The columns, and a name of usual length.
  private static final int OCTETS_PER_RECORD = 20 + 64;

  private WireName[] owners;
  private RRType[] types;
  private int[] ttlSeconds;
  private int[] offsets;
  private int[] rdataEnds;
  private final OctetBuffer rdata;
  private int count;
  private final Consumer<Slice> slices;
  private int handedOver;

  /// A table with room for so many records.
  private RecordTable(int records, OctetBuffer rdata) {
    this.slices = _ -> {};
    this.rdata = rdata;
    owners = new WireName[records];
    types = new RRType[records];
    ttlSeconds = new int[records];
    offsets = new int[records];
    rdataEnds = new int[records];
  }

  /// A table for records of others.
  static RecordTable ofSize(int records, int rdataOctets) {
    return new RecordTable(records, new OctetBuffer(rdataOctets));
  }

  /// Adds records of another table, for which there is room.
  ///
  /// @param shift how much further back they stand in this table's text
  void addAll(RecordTable other, int from, int to, int shift) {
    int start = other.rdataStart(from);
    int end = other.rdataStart(to);
    int moved = rdata.end() - start;
    rdata.add(other.rdata.array(), start, end - start);
    System.arraycopy(other.owners, from, owners, count, to - from);
    System.arraycopy(other.types, from, types, count, to - from);
    System.arraycopy(other.ttlSeconds, from, ttlSeconds, count, to - from);
    for (int record = from, at = count; record < to; record++, at++) {
      offsets[at] = other.offsets[record] + shift;
      rdataEnds[at] = other.rdataEnds[record] + moved;
    }
    count += to - from;
  }

  /// How many records stand in front of an offset, in a text that is not one of several.
  int countBefore(int offset) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (offsets[middle] < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// About how much of the heap it takes, in octets, with each name that is not the one before.
  long heapOctets() {
    return (long) owners.length * OCTETS_PER_RECORD + rdata.array().length;
  }

  /// @param slices takes the records in their order, some at a time
  RecordTable(int textOctets, Consumer<Slice> slices) {
    this.slices = slices;
    int guess = Math.max(16, textOctets / 32);
    owners = new WireName[guess];
    types = new RRType[guess];
    ttlSeconds = new int[guess];
    offsets = new int[guess];
    rdataEnds = new int[guess];
    rdata = new OctetBuffer(textOctets / 2);
  }

  /// Where the next record's rdata is written before [#add].
  OctetBuffer rdata() {
    return rdata;
  }

  /// Drops what was written since the last record.
  void dropRdata() {
    rdata.truncate(rdataStart(count));
  }

  /// Adds a record; its rdata is what was written since the one before.
  void add(WireName owner, RRType type, int ttl, int offset) {
    if (count == owners.length) {
      int capacity = count * 2;
      owners = Arrays.copyOf(owners, capacity);
      types = Arrays.copyOf(types, capacity);
      ttlSeconds = Arrays.copyOf(ttlSeconds, capacity);
      offsets = Arrays.copyOf(offsets, capacity);
      rdataEnds = Arrays.copyOf(rdataEnds, capacity);
    }
    owners[count] = owner;
    types[count] = type;
    ttlSeconds[count] = ttl;
    offsets[count] = offset;
    rdataEnds[count++] = rdata.end();
    if (count - handedOver == SLICE_RECORDS) {
      handOver();
    }
  }

  /// Hands over what has not been.
  void handOver() {
    if (count > handedOver) {
      Slice slice = slice(handedOver);
      handedOver = count;
      slices.accept(slice);
    }
  }

  @Override
  public int count() {
    return count;
  }

  int rdataStart(int record) {
    return record == 0 ? 0 : rdataEnds[record - 1];
  }

  @Override
  public WireName owner(int record) {
    return owners[record];
  }

  @Override
  public RRType type(int record) {
    return types[record];
  }

  @Override
  public int ttlSeconds(int record) {
    return ttlSeconds[record];
  }

  @Override
  public int offset(int record) {
    return offsets[record];
  }

  @Override
  public Rdata rdata(int record) {
    int start = rdataStart(record);
    return Rdata.of(rdata.array(), start, rdataEnds[record] - start);
  }

  @Override
  public int covered(int record) {
    int start = rdataStart(record);
    return types[record] != RRType.RRSIG || rdataEnds[record] - start < 2
        ? 0
        : (rdata.array()[start] & 0xff) << 8 | (rdata.array()[start + 1] & 0xff);
  }

  @Override
  public RecordTable table(int record) {
    return this;
  }

  @Override
  public int inTable(int record) {
    return record;
  }

  /// Here it is the number of the record.
  @Override
  public long place(int record) {
    return record;
  }

  @Override
  public int recordAt(long place) {
    return (int) place;
  }

  @Override
  public int lastOfType(RRType type, int before) {
    int record = before - 1;
    while (record >= 0 && !types[record].equals(type)) {
      record--;
    }
    return record;
  }

  @Override
  public boolean isSameButForOwner(int record, Records others, int there) {
    return isSameButForOwner(record, others.table(there), others.inTable(there));
  }

  private boolean isSameButForOwner(int record, RecordTable other, int there) {
    return types[record].equals(other.types[there])
        && ttlSeconds[record] == other.ttlSeconds[there]
        && Arrays.equals(
            rdata.array(),
            rdataStart(record),
            rdataEnds[record],
            other.rdata.array(),
            other.rdataStart(there),
            other.rdataEnds[there]);
  }

  /// The records from one on, as many as there are now.
  Slice slice(int from) {
    return new Slice(
        owners,
        types,
        ttlSeconds,
        offsets,
        rdataEnds,
        rdata.array(),
        from,
        rdataStart(from),
        count);
  }

  /// Records that do not change any more, whatever is added behind them. Of whoever it is handed
  /// to.
  static final class Slice {
    private final WireName[] owners;
    private final RRType[] types;
    private final int[] ttlSeconds;
    private final int[] offsets;
    private final int[] rdataEnds;
    private final byte[] rdata;
    private final int from;
    private final int rdataFrom;
    private final int to;

    private Slice(
        WireName[] owners,
        RRType[] types,
        int[] ttlSeconds,
        int[] offsets,
        int[] rdataEnds,
        byte[] rdata,
        int from,
        int rdataFrom,
        int to) {
      this.owners = owners;
      this.types = types;
      this.ttlSeconds = ttlSeconds;
      this.offsets = offsets;
      this.rdataEnds = rdataEnds;
      this.rdata = rdata;
      this.from = from;
      this.rdataFrom = rdataFrom;
      this.to = to;
    }

    /// Says to a builder of a zone whose records these are.
    void announce(ZoneBuilder builder) {
      builder.expect(owners, from, to);
    }

    void forEach(RecordSink sink) {
      int start = rdataFrom;
      for (int i = from; i < to; i++) {
        Rdata octets = Rdata.of(rdata, start, rdataEnds[i] - start);
        sink.record(owners[i], types[i], ttlSeconds[i], octets, offsets[i]);
        start = rdataEnds[i];
      }
    }
  }

  /// The offset of the first record of an RRset, or -1.
  int firstOffset(WireName owner, RRType type) {
    for (int i = 0; i < count; i++) {
      if (types[i].equals(type) && owners[i].equals(owner)) {
        return offsets[i];
      }
    }
    return -1;
  }
}
