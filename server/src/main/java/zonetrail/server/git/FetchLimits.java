package zonetrail.server.git;

/// How much one fetch may bring. A remote that is taken over, or a slip of a pusher, then costs one
/// refused fetch and not the server: what is served stays.
///
/// What has to be held in memory is bounded by the heap besides, since a Java process that runs out
/// of memory ends.
///
/// @param packOctets of a pack, as it comes over the line
/// @param objectOctets of one object, unpacked; refused when its header is read
/// @param objects in a pack; refused when the pack's header is read
/// @param advertisementOctets before the pack: the list of branches and the negotiation
/// @param chatterOctets beside the pack: progress messages
public record FetchLimits(
    long packOctets,
    long objectOctets,
    long objects,
    long advertisementOctets,
    long chatterOctets) {

  /// 2 GiB: a repository of zones of that size is one of twenty years.
  private static final long PACK_OCTETS = 2L << 30;

  /// 1 GiB. More than is read of a file ([BranchTip#MAX_OBJECT_OCTETS]): a large file beside the
  /// zones costs a finding, if it is named like one, and not the fetch of all of them.
  private static final long OBJECT_OCTETS = 1L << 30;

  /// 20 million.
  private static final long OBJECTS = 20_000_000;

  /// 16 MiB: some 200,000 branches, of a server that cannot be asked for one.
  private static final long ADVERTISEMENT_OCTETS = 16L << 20;

  /// 1 MiB; git's own progress has some kilobytes.
  private static final long CHATTER_OCTETS = 1L << 20;

  /// An object, the delta that makes it and what that rests on are in memory at once, beside the
  /// zones.
  private static final int HEAP_SHARES_PER_OBJECT = 8;

  /// The index entry of an object while the pack is read, and its share of what sorts them.
  private static final int HEAP_OCTETS_PER_OBJECT = 256;

  /// The limits that fit this process.
  public static FetchLimits standard() {
    return standard(Runtime.getRuntime().maxMemory());
  }

  static FetchLimits standard(long heapOctets) {
    return new FetchLimits(
        PACK_OCTETS,
        Math.min(OBJECT_OCTETS, heapOctets / HEAP_SHARES_PER_OBJECT),
        Math.min(OBJECTS, heapOctets / HEAP_OCTETS_PER_OBJECT),
        ADVERTISEMENT_OCTETS,
        CHATTER_OCTETS);
  }

  /// The same with another limit for packs.
  public FetchLimits withPackOctets(long octets) {
    return new FetchLimits(octets, objectOctets, objects, advertisementOctets, chatterOctets);
  }

  /// The same with another limit for objects.
  public FetchLimits withObjectOctets(long octets) {
    return new FetchLimits(packOctets, octets, objects, advertisementOctets, chatterOctets);
  }
}
