package zonetrail.tsig;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rcode;

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
  private final Map<String, Remembered> known = new HashMap<>();
  private final NavigableSet<Remembered> byEnd = new TreeSet<>();

  /// A request, until when it is valid, and what it was answered if that is known.
  private record Remembered(String requestId, Instant validUntil, @Nullable Rcode answer)
      implements Comparable<Remembered> {
    private static final Comparator<Remembered> ORDER =
        Comparator.comparing(Remembered::validUntil).thenComparing(Remembered::requestId);

    @Override
    public int compareTo(Remembered other) {
      return ORDER.compare(this, other);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Remembered that && compareTo(that) == 0;
    }

    @Override
    public int hashCode() {
      return requestId.hashCode();
    }
  }

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
    if (known.containsKey(requestId)) {
      return Recall.REPLAY;
    }
    if (known.size() >= maxRequests) {
      return Recall.FULL;
    }
    Remembered request = new Remembered(requestId, validUntil, null);
    known.put(requestId, request);
    byEnd.add(request);
    return Recall.FIRST;
  }

  /// Notes what a remembered request was answered, for whoever sends it again; null for not yet.
  public void answered(String requestId, @Nullable Rcode answer) {
    known.computeIfPresent(
        requestId, (id, request) -> new Remembered(id, request.validUntil(), answer));
  }

  /// What a remembered request was answered; null if it was not yet.
  public @Nullable Rcode answer(String requestId) {
    Remembered request = known.get(requestId);
    return request == null ? null : request.answer();
  }

  /// Forgets a request that had no effect, so that it may have one when it is sent again.
  public void forget(String requestId) {
    Remembered request = known.remove(requestId);
    if (request != null) {
      byEnd.remove(request);
    }
  }

  private void forgetBefore(Instant now) {
    // The verifier compares whole seconds: a request is valid to the end of its last second.
    Instant second = Instant.ofEpochSecond(now.getEpochSecond());
    while (!byEnd.isEmpty() && byEnd.getFirst().validUntil().isBefore(second)) {
      known.remove(byEnd.removeFirst().requestId());
    }
  }

  /// How many requests are remembered, for a metric.
  public int size() {
    return known.size();
  }
}
