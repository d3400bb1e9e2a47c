/// Master files: text to a lossless syntax tree, and from there to records.
///
/// [zonetrail.masterfile.MasterFile] is the tree. Its entries (a record, a directive, a blank or
/// comment line, an erroneous line) cover the text without a gap, so that printing the tree gives
/// the file octet for octet, whatever was in it. `LineScanner` cuts the text into logical lines and
/// tokens, which are offsets and never strings; `MasterFileParser` gives the lines their meaning;
/// [zonetrail.masterfile.RdataText] turns the text of rdata into octets and back, driven by the one
/// table of formats in [zonetrail.wire.RdataLayout]; each kind of field has its reader and printer
/// in a class beside it (`AddressText`, `EncodedText`, `ServiceParametersText` ...).
/// [zonetrail.masterfile.ZoneFileReader] is what the server and `ozone` call: a file in, a zone and
/// findings out; with [zonetrail.masterfile.Steps] records are gathered beside the reading.
///
/// The way back is [zonetrail.masterfile.MasterFileEditor]: a change of a zone becomes an edit of
/// its file. `ChangedRecords` finds the records concerned, `EditPlan` decides which go, change and
/// come, `Placement` beside which lines, `EditWalk` writes those lines anew in the form that
/// `LineStyle` sees about them (`RdataRewrite` within rdata), and `EditCheck` holds the outcome
/// against what it must be. `MasterFilePrinter` makes the file of a new zone.
///
/// Nothing here opens a file: what `$INCLUDE` names comes through
/// [zonetrail.masterfile.IncludeSource]. Whatever octets a file holds, the answer is a finding with
/// its line and column and never an exception; every size has a limit with a name.
///
/// RFCs: 1035 §5 (complete), 2308 §4 (`$TTL`), 3597 §5 (unknown types), 2181 §8 (TTLs), 5952
/// (printing IPv6 addresses), 4034 and 5155 (DNSSEC records), 9460 (SVCB); the other types' are
/// named in the table. `$GENERATE` is BIND's.
@NullMarked
package zonetrail.masterfile;

import org.jspecify.annotations.NullMarked;
