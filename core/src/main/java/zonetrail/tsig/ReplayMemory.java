package zonetrail.tsig;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Set;

/// Remembers signed requests for as long as the verifier would accept them again.
///
/// A signature stays valid for up to twice the fudge, so whoever overhears a request could send it
/// again; here the second one is known. What is remembered is [Verdict.Verified#requestId], which
/// is also what commits carry, so the memory can be filled again after a restart.
///
/// When it is full nothing is forgotten early: that would open the door that it closes. Only
/// holders of a key can fill it. One owner; not for sharing between threads. Cost of a request:
/// logarithmic in the number remembered. Bound: [#DEFAULT_REQUESTS], some 200 octets each.
public final class ReplayMemory {
  /// How many requests are remembered at most, unless said otherwise: 400 signed requests a second,
  /// for the 600 seconds that one stays valid at the longest.
  public static final int DEFAULT_REQUESTS = 240_000;

  private final int maxRequests;
  private final Set<String> known = new HashSet<>();
  private final PriorityQueue<Remembered> byEnd =
      new PriorityQueue<>(Comparator.comparing(Remembered::validUntil));

  private record Remembered(String requestId, Instant validUntil) {}

  /// What the memory says about a request.
  public enum Recall {
    /// It has not been here before, and is remembered now.
    FIRST,
    /// It has been here before: it must have no second effect.
    REPLAY,
    /// There is no room to remember it: it must have no effect now; the client may ask again later.
    FULL
  }

  /// An empty memory.
  ///
  /// @param maxRequests how many requests it remembers at most
  public ReplayMemory(int maxRequests) {
    this.maxRequests = maxRequests;
  }

  /// Recalls a request, or remembers it.
  public Recall recall(Verdict.Verified request, Instant now) {
    TsigRecord tsig = request.record();
    int fudgeSeconds = Math.min(tsig.fudgeSeconds(), TsigVerifier.MAX_FUDGE_SECONDS);
    return remember(request.requestId(), tsig.timeSigned().plusSeconds(fudgeSeconds), now);
  }

  /// Recalls or remembers a request by its id, for example one that a commit tells of.
  ///
  /// @param requestId see [Verdict.Verified#requestId]
  /// @param validUntil the last moment at which the verifier would accept the request
  /// @param now the time
  public Recall remember(String requestId, Instant validUntil, Instant now) {
    forgetBefore(now);
    if (known.contains(requestId)) {
      return Recall.REPLAY;
    }
    if (known.size() >= maxRequests) {
      return Recall.FULL;
    }
    known.add(requestId);
    byEnd.add(new Remembered(requestId, validUntil));
    return Recall.FIRST;
  }

  private void forgetBefore(Instant now) {
    // The verifier compares whole seconds: a request is valid to the end of its last second.
    Instant second = Instant.ofEpochSecond(now.getEpochSecond());
    for (Remembered oldest = byEnd.peek();
        oldest != null && oldest.validUntil().isBefore(second);
        oldest = byEnd.peek()) {
      byEnd.remove();
      known.remove(oldest.requestId());
    }
  }

  /// How many requests are remembered, for a metric.
  public int size() {
    return known.size();
  }
}
