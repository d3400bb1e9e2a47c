package zonetrail.answer;

import zonetrail.answer.SetWriter.Fit;
import zonetrail.wire.NameKey;
import zonetrail.wire.RRType;
import zonetrail.wire.Rfc;
import zonetrail.zone.DenialChain;
import zonetrail.zone.NodeLayout;
import zonetrail.zone.Nsec3Chain;
import zonetrail.zone.Nsec3Digest;
import zonetrail.zone.NsecChain;
import zonetrail.zone.Zone;

/// Which records of a signed zone prove that an answer is right in what it does not hold: what
/// [Denial] gathers in nodes, gathered in entries of one zone, and written.
///
/// For a zone without a chain it gathers nothing. One object is used again and again by one thread.
/// Allocation: none.
@Rfc(number = 4035, section = "3.1.3")
@Rfc(number = 5155, section = "7.2")
final class CompiledDenial {
  /// How many records prove the most that there is to prove of one name.
  private static final int MAX_OF_NAME = 3;

  private static final int NSEC = RRType.NSEC.value();
  private static final int NSEC3 = RRType.NSEC3.value();

  private final SetWriter sets;
  private final NameKey wildcard = new NameKey();
  private final Nsec3Digest digest = new Nsec3Digest();

  /// None of them twice, in the order in which they were found.
  private final int[] entries;

  private int count;

  /// @param maxNames how many names of a chain of aliases there may be something to prove of
  CompiledDenial(SetWriter sets, int maxNames) {
    this.sets = sets;
    this.entries = new int[maxNames * MAX_OF_NAME];
  }

  /// Forgets what was gathered.
  void clear() {
    count = 0;
  }

  /// How many records were gathered.
  int count() {
    return count;
  }

  private void add(int entry) {
    for (int i = 0; i < count; i++) {
      if (entries[i] == entry) {
        return;
      }
    }
    entries[count++] = entry;
  }

  /// That neither a name nor a wildcard in its place exists.
  ///
  /// @param encloser the depth of the closest encloser
  void nameError(Zone zone, NameKey name, int encloser) {
    switch (zone.denialChain()) {
      case null -> {}
      case NsecChain chain -> nameError(chain, name, encloser);
      case Nsec3Chain chain -> nameError(chain, zone, name, encloser);
    }
  }

  @Rfc(number = 4035, section = "3.1.3.2")
  private void nameError(NsecChain chain, NameKey name, int encloser) {
    add(chain.entryAt(name, name.depth()));
    if (wildcard.setWildcard(name, encloser)) {
      add(chain.entryAt(wildcard, wildcard.depth()));
    }
  }

  @Rfc(number = 5155, section = "7.2.2")
  private void nameError(Nsec3Chain chain, Zone zone, NameKey name, int encloser) {
    int provable = closestEncloser(chain, zone, name, encloser);
    if (wildcard.setWildcard(name, provable)) {
      add(chain.covering(wildcard, wildcard.depth(), digest));
    }
  }

  /// That a name, which exists, does not have the type: also of a cut without DS records.
  ///
  /// @param depth that of the name, which the one asked for is at or below
  /// @param entry of it
  void noData(Zone zone, NameKey name, int depth, int entry) {
    switch (zone.denialChain()) {
      case null -> {}
      case NsecChain chain -> noData(chain, zone, name, depth, entry);
      case Nsec3Chain chain -> noData(chain, zone, name, depth);
    }
  }

  /// An empty non-terminal has no record of its own: the one before it names a name below it.
  @Rfc(number = 4035, section = "3.1.3.1")
  private void noData(NsecChain chain, Zone zone, NameKey name, int depth, int entry) {
    boolean hasOwn = NodeLayout.rrset(zone.octets(entry), Zone.offset(entry), NSEC) >= 0;
    add(hasOwn ? entry : chain.entryAt(name, depth));
  }

  @Rfc(number = 5155, section = "7.2.3")
  @Rfc(number = 5155, section = "7.2.4")
  @Rfc(number = 5155, section = "7.2.7")
  private void noData(Nsec3Chain chain, Zone zone, NameKey name, int depth) {
    int matching = chain.matching(name, depth, digest);
    if (matching != Zone.NONE) {
      add(matching);
    } else if (depth > zone.apexDepth()) {
      closestEncloser(chain, zone, name, depth - 1);
    }
  }

  /// That the wildcard which stands in for a name does not have the type.
  ///
  /// @param encloser the depth of the name that the wildcard is below
  void wildcardNoData(Zone zone, NameKey name, int encloser) {
    DenialChain denialChain = zone.denialChain();
    if (denialChain == null) {
      return;
    }
    wildcard.setWildcard(name, encloser);
    switch (denialChain) {
      case NsecChain chain -> wildcardNoData(chain, name);
      case Nsec3Chain chain -> wildcardNoData(chain, zone, name, encloser);
    }
  }

  @Rfc(number = 4035, section = "3.1.3.4")
  private void wildcardNoData(NsecChain chain, NameKey name) {
    add(chain.entryAt(wildcard, wildcard.depth()));
    add(chain.entryAt(name, name.depth()));
  }

  /// With Opt-Out, a wildcard that exists only because of unsigned delegations has no record; see
  /// [Denial.Nsec3].
  @Rfc(number = 5155, section = "7.2.5")
  private void wildcardNoData(Nsec3Chain chain, Zone zone, NameKey name, int encloser) {
    int matching = chain.matching(wildcard, wildcard.depth(), digest);
    int provable = closestEncloser(chain, zone, name, encloser);
    if (matching != Zone.NONE) {
      add(matching);
    } else if (wildcard.setWildcard(name, provable)
        && chain.matching(wildcard, wildcard.depth(), digest) == Zone.NONE) {
      add(chain.covering(wildcard, wildcard.depth(), digest));
    }
  }

  /// That a wildcard was right to stand in for a name.
  ///
  /// @param encloser the depth of the name that the wildcard is below
  void wildcardAnswer(Zone zone, NameKey name, int encloser) {
    switch (zone.denialChain()) {
      case null -> {}
      case NsecChain chain -> wildcardAnswer(chain, name);
      case Nsec3Chain chain -> wildcardAnswer(chain, name, encloser);
    }
  }

  @Rfc(number = 4035, section = "3.1.3.3")
  private void wildcardAnswer(NsecChain chain, NameKey name) {
    add(chain.entryAt(name, name.depth()));
  }

  @Rfc(number = 5155, section = "7.2.6")
  private void wildcardAnswer(Nsec3Chain chain, NameKey name, int encloser) {
    add(chain.covering(name, encloser + 1, digest));
  }

  /// That the closest encloser exists, and the name one label longer does not.
  ///
  /// With Opt-Out, a name that exists only because of unsigned delegations has no record, so the
  /// closest one that can be proved may lie above it. Those above a name with a record have one
  /// too, so a search by halves finds it: each try costs a hash.
  ///
  /// @param exists the depth of the closest encloser
  /// @return that of the closest one that can be proved
  @Rfc(number = 5155, section = "7.1")
  @Rfc(number = 5155, section = "7.2.1")
  private int closestEncloser(Nsec3Chain chain, Zone zone, NameKey name, int exists) {
    int with = exists;
    int matching = chain.matching(name, exists, digest);
    if (matching == Zone.NONE) {
      with = zone.apexDepth();
      matching = chain.matching(name, with, digest);
      int without = exists;
      while (without - with > 1) {
        int middle = (with + without) >>> 1;
        int there = chain.matching(name, middle, digest);
        if (there == Zone.NONE) {
          without = middle;
        } else {
          with = middle;
          matching = there;
        }
      }
    }
    if (matching != Zone.NONE) {
      add(matching);
    }
    add(chain.covering(name, with + 1, digest));
    return with;
  }

  /// Writes what was gathered into the authority section, record by record as far as there is room.
  ///
  /// @param zone the one that all of it is of
  /// @param name at or below its apex
  /// @param nameAt where in the response that stands
  /// @return of the first that was not written, or [Fit#WRITTEN]
  Fit write(Zone zone, NameKey name, int nameAt) {
    int type = zone.denialChain() instanceof Nsec3Chain ? NSEC3 : NSEC;
    for (int i = 0; i < count; i++) {
      byte[] octets = zone.octets(entries[i]);
      Fit fit = write(zone, name, nameAt, octets, Zone.offset(entries[i]), type);
      if (fit != Fit.WRITTEN) {
        return fit;
      }
    }
    return Fit.WRITTEN;
  }

  /// The owner's name ends like the one that stands in the response: with the apex, or more.
  private Fit write(Zone zone, NameKey name, int nameAt, byte[] octets, int node, int type) {
    int apex = zone.apexDepth();
    int prefix = NodeLayout.prefixOctets(octets, node);
    int common = name.nearestCommon(apex, octets, NodeLayout.prefix(node), prefix);
    int start = name.start(common);
    int ownLabels = prefix - (name.start(apex) - start);
    return sets.writeProof(
        octets, node, type, ownLabels, sets.suffix(nameAt, start), name.length() - start);
  }
}
