package zonetrail.masterfile;

/// Thrown inside the editor where a file cannot be edited; the editor turns it into
/// [ZoneFileEdit.Refused].
final class RefusedEditException extends Exception {
  private static final long serialVersionUID = 1L;

  RefusedEditException(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
