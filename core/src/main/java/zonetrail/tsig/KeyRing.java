package zonetrail.tsig;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import zonetrail.wire.WireName;

/// All keys of all key files, at one moment.
///
/// Every key knows its file, so one file's keys can be replaced while the others stay: a broken
/// file keeps its last good keys and holds up no other. Two keys of one name are two valid secrets,
/// which is how a secret is changed without a moment in which nobody can sign.
///
/// Immutable, safe on any thread; a new ring is made in a time linear in the number of keys.
public final class KeyRing {
  /// The ring without keys.
  public static final KeyRing EMPTY = new KeyRing(new TreeMap<>());

  private final SortedMap<String, List<TsigKey>> byFile;
  private final Map<WireName, List<TsigKey>> byName;

  private KeyRing(SortedMap<String, List<TsigKey>> byFile) {
    this.byFile = byFile;
    this.byName = new HashMap<>();
    for (List<TsigKey> keys : byFile.values()) {
      for (TsigKey key : keys) {
        byName.computeIfAbsent(key.name().wire(), name -> new ArrayList<>(1)).add(key);
      }
    }
  }

  /// The ring with the keys of these files.
  public static KeyRing of(Map<String, List<TsigKey>> keysByFile) {
    return EMPTY.with(keysByFile);
  }

  /// This ring with one file's keys replaced, or added if the file is new.
  public KeyRing with(String file, List<TsigKey> keys) {
    return with(Map.of(file, keys));
  }

  /// This ring with the keys of these files replaced or added; in one go, for many files at once.
  public KeyRing with(Map<String, List<TsigKey>> keysByFile) {
    SortedMap<String, List<TsigKey>> next = new TreeMap<>(byFile);
    keysByFile.forEach((file, keys) -> next.put(file, List.copyOf(keys)));
    return new KeyRing(next);
  }

  /// This ring without a file's keys.
  public KeyRing without(String file) {
    return without(Set.of(file));
  }

  /// This ring without the keys of these files; in one go, for many files at once.
  public KeyRing without(Set<String> files) {
    SortedMap<String, List<TsigKey>> next = new TreeMap<>(byFile);
    next.keySet().removeAll(files);
    return new KeyRing(next);
  }

  /// The keys with this name and algorithm; most often one, two while a secret is changed.
  public List<TsigKey> lookup(WireName name, TsigAlgorithm algorithm) {
    List<TsigKey> found = new ArrayList<>(1);
    for (TsigKey key : byName.getOrDefault(name, List.of())) {
      if (key.algorithm() == algorithm) {
        found.add(key);
      }
    }
    return found;
  }

  /// Whether this very key, secret included, is still in the ring.
  public boolean contains(TsigKey key) {
    return byName.getOrDefault(key.name().wire(), List.of()).contains(key);
  }

  /// The keys of one file; none where the file is not known.
  public List<TsigKey> keysOf(String file) {
    return byFile.getOrDefault(file, List.of());
  }

  /// All keys, file by file.
  public List<TsigKey> keys() {
    return byFile.values().stream().flatMap(List::stream).toList();
  }

  /// The files that keys came from, in order.
  public List<String> files() {
    return List.copyOf(byFile.keySet());
  }

  /// How many keys of how many files; no names, no secrets.
  @Override
  public String toString() {
    return "KeyRing[" + keys().size() + " keys of " + byFile.size() + " files]";
  }
}
