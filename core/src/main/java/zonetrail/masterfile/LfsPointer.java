package zonetrail.masterfile;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import zonetrail.zone.Finding;
import zonetrail.zone.Finding.Level;
import zonetrail.zone.Position;

/// A text that Git LFS puts into a repository in the place of a file, which then lies elsewhere.
public final class LfsPointer {
  /// What such a text is and what to do, for people.
  public static final String REASON =
      "it is a Git LFS pointer, and the file itself is not in the repository; take it out of LFS"
          + " (git lfs migrate export --include=FILE) and push again";

  private static final byte[] BEGIN =
      "version https://git-lfs.github.com/spec/".getBytes(StandardCharsets.US_ASCII);

  private LfsPointer() {}

  /// Whether a text is a pointer and not what it stands for.
  public static boolean is(byte[] text) {
    return text.length >= BEGIN.length
        && Arrays.equals(text, 0, BEGIN.length, BEGIN, 0, BEGIN.length);
  }

  /// What to say of a file that is one.
  public static Finding finding(String fileName) {
    return new Finding(new Position(fileName, 1, 1), Level.ERROR, REASON, "lfs-pointer");
  }
}
