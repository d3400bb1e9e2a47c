package zonetrail.authority;

import java.util.Collections;
import java.util.Iterator;
import java.util.function.Supplier;
import zonetrail.masterfile.Steps;

/// How zone files are read: within which memory, and how many at once. The transport layer hands it
/// in, so that nothing here starts a thread or looks at a clock.
///
/// What comes of a look does not depend on it, but for the memory.
public interface ZoneReadings {
  /// About how many octets of the heap may be taken by all zones, those served and those being
  /// read.
  long memoryOctets();

  /// How many readings, each of a file or of some small ones, may be done before it is their turn;
  /// 0: none, each is done when it is.
  int ahead();

  /// Does readings, on any threads, several at once.
  ///
  /// @param readings asked for the next on the caller's thread; never more than [#ahead()] are
  ///   begun and not yet taken from the result
  /// @return what came of them, in their order, waited for; what a reading throws, it throws
  <T> Iterator<T> inOrder(Iterator<? extends Supplier<T>> readings);

  /// For the steps of reading one large file, on the thread that looks and another one. Asked for
  /// on the thread that looks, for one file after the other.
  default Steps steps() {
    return Steps.atOnce();
  }

  /// Hears how far a look has come; called for each file, on the thread that looks.
  ///
  /// @param done how many files have been read
  /// @param of how many there are to read
  void progress(int done, int of);

  /// One file after the other on the thread that looks.
  static ZoneReadings oneByOne(long memoryOctets) {
    return new ZoneReadings() {
      @Override
      public long memoryOctets() {
        return memoryOctets;
      }

      @Override
      public int ahead() {
        return 0;
      }

      @Override
      public <T> Iterator<T> inOrder(Iterator<? extends Supplier<T>> readings) {
        return Collections.emptyIterator();
      }

      @Override
      public void progress(int done, int of) {
        // Who reads few files has no log.
      }
    };
  }
}
