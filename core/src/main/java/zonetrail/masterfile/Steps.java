package zonetrail.masterfile;

/// Does steps of a reading one after the other, beside the caller if there is a thread for them.
///
/// One reading's, and one thread hands them over.
public interface Steps {
  /// Does a step, now or soon, when all those handed over before are done. What was written before
  /// is seen by it.
  void then(Runnable step);

  /// Waits until all steps are done; what they wrote is seen afterwards.
  ///
  /// @throws RuntimeException what a step threw; those after it are not done
  void finish();

  /// Each step at once, by the caller.
  static Steps atOnce() {
    return new Steps() {
      @Override
      public void then(Runnable step) {
        step.run();
      }

      @Override
      public void finish() {
        // All is done.
      }
    };
  }
}
