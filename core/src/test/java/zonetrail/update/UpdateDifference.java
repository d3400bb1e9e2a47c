package zonetrail.update;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import zonetrail.update.Prerequisite.RRsetEquals;
import zonetrail.update.UpdateOutcome.Refusal;
import zonetrail.wire.ExtendedError;
import zonetrail.wire.RRType;
import zonetrail.wire.Rcode;
import zonetrail.wire.WireName;
import zonetrail.zone.Node;
import zonetrail.zone.Zone;

/// The ways in which we know to take updates unlike BIND; each is a row of
/// `docs/update-differences.md`. A row says as exactly as it can what BIND must have done instead.
enum UpdateDifference {
  SEVERAL_ERRORS("several-errors") {
    @Override
    boolean explains(ComparedUpdate update) {
      Rcode code = update.ours().rcode();
      return update.theirCode() != Rcode.NOERROR.value()
          && (code == Rcode.FORMERR || code == Rcode.NOTZONE)
          && update.theirCode() != code.value();
    }
  },

  WOULD_NOT_LOAD("would-not-load") {
    @Override
    boolean explains(ComparedUpdate update) {
      return update.weAloneRefused(ExtendedError.INVALID_DATA);
    }

    @Override
    boolean endsSequence() {
      return true;
    }
  },

  SIGNERS_OWN("signers-own") {
    @Override
    boolean explains(ComparedUpdate update) {
      return update.weAloneRefused(ExtendedError.NOT_SUPPORTED)
          || (update.theirCode() == Rcode.SERVFAIL.value()
              && update.ours().outcome() instanceof Refusal refusal
              && refusal.edeCode() == ExtendedError.NOT_SUPPORTED);
    }

    @Override
    boolean endsSequence() {
      return true; // BIND may sign from here on
    }
  },

  SIGNING_RECORDS("signing-records") {
    @Override
    boolean explains(ComparedUpdate update) {
      return bothTook(update)
          && update.onlyTheirs().stream().anyMatch(record -> record.contains(" TYPE65534 "))
          && update.onlyTheirs().stream()
              .allMatch(record -> record.contains(" TYPE65534 ") || record.contains(" SOA "))
          && update.onlyOurs().stream().allMatch(record -> record.contains(" SOA "));
    }

    @Override
    boolean endsSequence() {
      return true;
    }
  },

  PREREQUISITE_TWICE("prerequisite-twice") {
    @Override
    boolean explains(ComparedUpdate update) {
      UpdateRequest request = update.request();
      return update.theirCode() == Rcode.NXRRSET.value()
          && update.onlyTheirs().isEmpty() == update.onlyOurs().isEmpty()
          && request != null
          && request.prerequisites().stream()
              .anyMatch(each ->
                  each instanceof RRsetEquals whole
                      && new HashSet<>(whole.rdatas()).size() < whole.rdatas().size());
    }
  },

  DS_WITHOUT_NS("ds-without-ns") {
    @Override
    boolean explains(ComparedUpdate update) {
      return bothTook(update)
          && update.onlyOurs().stream().allMatch(record -> record.contains(" DS ") || isSoa(record))
          && update.onlyOurs().stream().anyMatch(record -> record.contains(" DS "))
          && update.onlyTheirs().stream().allMatch(UpdateDifference::isSoa);
    }
  },

  WILDCARD_CUT("wildcard-cut") {
    @Override
    boolean explains(ComparedUpdate update) {
      return bothTook(update)
          && update.onlyOurs().stream()
              .anyMatch(record ->
                  record.startsWith("*.")
                      && (record.contains(" NS ") || record.contains(" DNAME ")));
    }
  },

  LETTERS_OF_NAMES("letters-of-names") {
    @Override
    boolean explains(ComparedUpdate update) {
      return bothTook(update)
          && inSmallLetters(update.onlyTheirs()).equals(inSmallLetters(update.onlyOurs()));
    }

    private static List<String> inSmallLetters(List<String> records) {
      return records.stream()
          .filter(record -> !isSoa(record))
          .map(record -> record.toLowerCase(Locale.ROOT))
          .sorted()
          .toList();
    }
  },

  SERVERS_BELOW_DNAME("servers-below-dname") {
    @Override
    boolean explains(ComparedUpdate update) {
      Zone after = update.ours().after();
      return update.theirCode() == Rcode.REFUSED.value()
          && update.ours().outcome() instanceof UpdateOutcome.Made made
          && made.alteration() instanceof Alteration.Changed
          && after != null
          && requireNonNull(after.top().rrset(RRType.NS)).rdatas().stream()
              .map(rdata -> rdata.nameAt(0))
              .anyMatch(server -> isBelowDname(server, after));
    }

    private static boolean isBelowDname(WireName server, Zone zone) {
      for (WireName at = server; at.isBelow(zone.apex()); ) {
        at = at.parent();
        Node node = zone.node(at);
        if (node != null && node.has(RRType.DNAME)) {
          return true;
        }
      }
      return false;
    }
  };

  private final String id;

  UpdateDifference(String id) {
    this.id = id;
  }

  private static boolean bothTook(ComparedUpdate update) {
    return update.theirCode() == Rcode.NOERROR.value() && update.ours().rcode() == Rcode.NOERROR;
  }

  private static boolean isSoa(String record) {
    return record.contains(" SOA ");
  }

  /// What the page calls it.
  String id() {
    return id;
  }

  /// Whether BIND's zone is one that we would not go on with.
  boolean endsSequence() {
    return false;
  }

  abstract boolean explains(ComparedUpdate update);

  static Optional<UpdateDifference> explaining(ComparedUpdate update) {
    return Arrays.stream(values()).filter(each -> each.explains(update)).findFirst();
  }
}
