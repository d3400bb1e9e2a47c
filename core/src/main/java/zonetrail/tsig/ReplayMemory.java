package zonetrail.tsig;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import zonetrail.wire.Rcode;

/// Remembers signed requests for as long as the verifier would accept them again.
///
/// A signature stays valid for up to twice the fudge, so whoever overhears a request could send it
/// again; here the second one is known. What is remembered is [Verdict.Verified#requestId], which
/// is also what commits carry, so the memory can be filled again after a restart.
///
/// When it is full nothing is forgotten early: that would open the door that it closes. Only
/// holders of a key can fill it. One owner; not for sharing between threads.
///
/// Requests are gathered by the time until which they are valid, [#SPAN_SECONDS] together, and are
/// forgotten together up to so much later: a look goes through some 40 small tables, a table that
/// grows holds nobody up, and what is forgotten is not gone through. An id takes
/// [#OCTETS_PER_REQUEST] at most.
public final class ReplayMemory {
  /// How many requests are remembered at most, unless said otherwise: 400 signed requests a second,
  /// for the 600 seconds that one stays valid at the longest.
  public static final int DEFAULT_REQUESTS = 240_000;

  /// How many are remembered at most, however much memory there is: 5,000 a second.
  public static final int MOST_REQUESTS = 3_000_000;

  /// What a request takes of the heap at most, where many are remembered.
  static final int OCTETS_PER_REQUEST = 46;

  /// The part of the heap that they may take.
  private static final int SHARES_OF_HEAP = 32;

  private static final int SPAN_SECONDS = 16;

  private static final int ID_DIGITS = 32;

  /// What is noted of a request that was not answered; of another one this and its answer's place
  /// among all.
  private static final byte NOT_ANSWERED = 1;

  private static final List<Rcode> RCODES = List.of(Rcode.values());

  private final int maxRequests;

  /// By the last second of those that are in it, in spans; oldest first.
  private final NavigableMap<Long, RequestTable> byEnd = new TreeMap<>();

  private int size;

  /// An id as two numbers.
  private record Id(long high, long low) {
    /// The digits of [Verdict.Verified#requestId]; of any other text, that a commit may have in its
    /// place, a hash.
    static Id of(String requestId) {
      byte[] octets;
      try {
        octets =
            requestId.length() == ID_DIGITS ? HexFormat.of().parseHex(requestId) : hash(requestId);
      } catch (IllegalArgumentException noDigits) {
        octets = hash(requestId);
      }
      ByteBuffer numbers = ByteBuffer.wrap(octets);
      return new Id(numbers.getLong(), numbers.getLong());
    }

    private static byte[] hash(String text) {
      try {
        return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("SHA-256 is missing in this Java runtime", e);
      }
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
    return recall(request, request.requestId(), now);
  }

  /// Recalls a request of which it is known what it is called, or remembers it.
  ///
  /// @param requestId what [Verdict.Verified#requestId] came to
  public Recall recall(Verdict.Verified request, String requestId, Instant now) {
    TsigRecord tsig = request.record();
    int fudgeSeconds = Math.min(tsig.fudgeSeconds(), TsigVerifier.MAX_FUDGE_SECONDS);
    return remember(requestId, tsig.timeSigned().plusSeconds(fudgeSeconds), now);
  }

  /// How many requests are to be remembered at most where there is so much memory.
  public static int requestsFor(long heapOctets) {
    return Math.clamp(
        heapOctets / SHARES_OF_HEAP / OCTETS_PER_REQUEST, DEFAULT_REQUESTS, MOST_REQUESTS);
  }

  /// Recalls or remembers a request by its id, for example one that a commit tells of.
  ///
  /// @param requestId see [Verdict.Verified#requestId]
  /// @param validUntil the last moment at which the verifier would accept the request
  /// @param now the time
  public Recall remember(String requestId, Instant validUntil, Instant now) {
    forgetBefore(now);
    Id id = Id.of(requestId);
    if (tableOf(id) != null) {
      return Recall.REPLAY;
    }
    if (size >= maxRequests) {
      return Recall.FULL;
    }
    // The verifier compares whole seconds: a request is valid to the end of its last second.
    long span = Math.floorDiv(validUntil.getEpochSecond(), SPAN_SECONDS);
    byEnd.computeIfAbsent(span, any -> new RequestTable()).add(id.high, id.low, NOT_ANSWERED);
    size++;
    return Recall.FIRST;
  }

  private @Nullable RequestTable tableOf(Id id) {
    for (RequestTable table : byEnd.values()) {
      if (table.find(id.high, id.low) >= 0) {
        return table;
      }
    }
    return null;
  }

  /// Notes what a remembered request was answered, for whoever sends it again; null for not yet.
  public void answered(String requestId, @Nullable Rcode answer) {
    Id id = Id.of(requestId);
    RequestTable table = tableOf(id);
    if (table != null) {
      int note = NOT_ANSWERED + (answer == null ? 0 : 1 + RCODES.indexOf(answer));
      table.setNote(table.find(id.high, id.low), (byte) note);
    }
  }

  /// What a remembered request was answered; null if it was not yet.
  public @Nullable Rcode answer(String requestId) {
    Id id = Id.of(requestId);
    RequestTable table = tableOf(id);
    int note = table == null ? NOT_ANSWERED : table.note(table.find(id.high, id.low));
    return note == NOT_ANSWERED ? null : RCODES.get(note - NOT_ANSWERED - 1);
  }

  /// Forgets a request that had no effect, so that it may have one when it is sent again.
  public void forget(String requestId) {
    Id id = Id.of(requestId);
    RequestTable table = tableOf(id);
    if (table != null) {
      table.remove(table.find(id.high, id.low));
      size--;
    }
  }

  private void forgetBefore(Instant now) {
    long span = Math.floorDiv(now.getEpochSecond(), SPAN_SECONDS);
    while (!byEnd.isEmpty() && byEnd.firstKey() < span) {
      size -= byEnd.pollFirstEntry().getValue().size();
    }
  }

  /// How many requests are remembered, for a metric.
  public int size() {
    return size;
  }

  /// How many may be.
  public int maxSize() {
    return maxRequests;
  }
}
