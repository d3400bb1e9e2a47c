package zonetrail.server.git;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The git that is installed on this machine, if it is new enough to be told to have refs on the
/// disk, by `core.fsync`: 2.36.
final class InstalledGit {
  private static final Pattern VERSION = Pattern.compile("git version (\\d+)\\.(\\d+).*");

  private static final int MAJOR = 2;

  private static final int MINOR = 36;

  private static final int VERSION_SECONDS = 10;

  private InstalledGit() {}

  /// The git on the search path.
  ///
  /// @param searchPath folders, as in `PATH`; the first with a git counts
  /// @return null if there is none, or it is older
  static @Nullable Path find(@Nullable String searchPath) {
    if (searchPath == null) {
      return null;
    }
    for (String folder : searchPath.split(File.pathSeparator, -1)) {
      Path git = in(folder);
      if (git != null) {
        return isNewEnough(git) ? git : null;
      }
    }
    return null;
  }

  private static @Nullable Path in(String folder) {
    try {
      Path git = Path.of(folder).resolve("git");
      boolean isThere = !folder.isEmpty() && Files.isRegularFile(git) && Files.isExecutable(git);
      return isThere ? git : null;
    } catch (InvalidPathException unnameable) {
      return null;
    }
  }

  private static boolean isNewEnough(Path git) {
    try {
      Process asked = new ProcessBuilder(git.toString(), "--version").start();
      if (!asked.waitFor(VERSION_SECONDS, TimeUnit.SECONDS)) {
        asked.destroy();
        return false;
      }
      String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      Matcher version = VERSION.matcher(answer.strip());
      if (!version.matches()) {
        return false;
      }
      int major = Integer.parseInt(version.group(1));
      return major > MAJOR || (major == MAJOR && Integer.parseInt(version.group(2)) >= MINOR);
    } catch (IOException | NumberFormatException unusable) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
