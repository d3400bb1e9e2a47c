package zonetrail.masterfile;

import java.util.List;

/// What an edit begins with.
///
/// @param files the file, and those that it includes in the order in which they were read; one that
///   is included twice is here twice
/// @param records those of all files
record EditBase(List<? extends Lines> files, Records records) {
  static EditBase of(MasterFile file) {
    return new EditBase(file.files(), file.records());
  }

  static EditBase of(SectionedText text) {
    return new EditBase(List.of(text), text);
  }
}
