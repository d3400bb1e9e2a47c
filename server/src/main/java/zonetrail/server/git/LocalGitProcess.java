package zonetrail.server.git;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import zonetrail.server.git.FetchException.Reason;

/// git on this machine while it takes a push.
///
/// What it prints is metered. Of its standard error the beginning is kept for a message, and the
/// rest is read and dropped until the process ends, whoever else may still hold the pipe: JGit
/// would keep all of it in memory, and wait for its end.
final class LocalGitProcess extends Process {
  /// As much of its standard error is kept.
  static final int KEPT_OCTETS = 4_096;

  private static final Duration LISTENING = Duration.ofMillis(20);

  /// How long to wait for the end of a process that has closed its output.
  private static final Duration ENDING = Duration.ofSeconds(5);

  private final Process process;
  private final RemoteAddress remote;
  private final FetchMeter meter;
  private final ByteArrayOutputStream words = new ByteArrayOutputStream();
  private final Thread listener;

  /// @param remote for messages
  /// @param meter counts what it prints
  LocalGitProcess(Process process, RemoteAddress remote, FetchMeter meter) {
    this.process = process;
    this.remote = remote;
    this.meter = meter;
    this.listener = Thread.ofVirtual().name("git-words").start(this::listen);
    CompletableFuture<Process> _ =
        process
            .onExit()
            .orTimeout(RemotePush.MAX_HOOKS.toNanos(), TimeUnit.NANOSECONDS)
            .whenComplete((_, late) -> {
              if (late != null) {
                process.toHandle().destroy();
              }
            });
  }

  /// Ends it, and what git runs for it, by a signal alone: to close its input would wait for
  /// whoever writes there.
  void end() {
    process.descendants().filter(LocalGitProcess::isGit).forEach(ProcessHandle::destroy);
    process.toHandle().destroy();
  }

  private static boolean isGit(ProcessHandle process) {
    return process.info().command().orElse("").endsWith("/git");
  }

  private void listen() {
    byte[] buffer = new byte[KEPT_OCTETS];
    try (InputStream error = process.getErrorStream()) {
      boolean hasEnded;
      do {
        hasEnded = process.waitFor(LISTENING.toMillis(), TimeUnit.MILLISECONDS);
        for (int waiting = error.available(); waiting > 0; waiting = error.available()) {
          int octets = error.read(buffer, 0, Math.min(waiting, buffer.length));
          words.write(buffer, 0, Math.clamp(octets, 0, KEPT_OCTETS - words.size()));
        }
      } while (!hasEnded);
    } catch (IOException lost) {
      // So are its words.
    } catch (InterruptedException told) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public OutputStream getOutputStream() {
    return process.getOutputStream();
  }

  /// Where it ends without having said anything, its error is in the place of the end: JGit would
  /// take it for a missing right.
  @Override
  public InputStream getInputStream() {
    return new FilterInputStream(meter.line(process.getInputStream())) {
      private boolean hasBegun;

      @Override
      public int read() throws IOException {
        return checked(super.read());
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        return checked(super.read(target, offset, length));
      }

      private int checked(int read) throws IOException {
        if (read < 0 && !hasBegun) {
          throw new IOException(saidNothing());
        }
        hasBegun = true;
        return read;
      }
    };
  }

  private FetchException saidNothing() {
    String why;
    try {
      boolean hasEnded = listener.join(ENDING) && !process.isAlive();
      String error = RemoteText.oneLine(words.toString(StandardCharsets.UTF_8));
      String status = hasEnded ? "exit status " + process.exitValue() : "still running";
      why = error.isEmpty() ? "git receive-pack says nothing (" + status + ")" : error;
    } catch (InterruptedException told) {
      Thread.currentThread().interrupt();
      why = "interrupted";
    }
    return new FetchException(Reason.UNREACHABLE, "cannot push to " + remote + ": " + why);
  }

  @Override
  public InputStream getErrorStream() {
    return InputStream.nullInputStream();
  }

  @Override
  public int waitFor() throws InterruptedException {
    return process.waitFor();
  }

  @Override
  public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
    return process.waitFor(timeout, unit);
  }

  /// The status, waiting a little for it: JGit asks as soon as the output has ended.
  @Override
  public int exitValue() {
    try {
      process.waitFor(ENDING.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException told) {
      Thread.currentThread().interrupt();
    }
    return process.exitValue();
  }

  @Override
  public void destroy() {
    process.destroy();
  }
}
