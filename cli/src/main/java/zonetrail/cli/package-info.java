/// The command lines: what people and hooks call.
///
/// Each tool is one class with a `main`: it reads its arguments, does one thing by the packages
/// below, and ends with an [zonetrail.cli.ExitCode]. Only here is standard output written to.
/// `ozone`, `onotify` and `oupdate` run in hooks and scripts, many times a day and while somebody
/// waits, so what they use loads no server: no Netty, git or SSH (an ArchUnit test holds that), and
/// no logging either.
///
/// A secret is never an argument that an error message might repeat; see
/// [zonetrail.cli.TsigKeyOption].
///
/// Read first: [zonetrail.cli.Ozone], then [zonetrail.cli.Onotify] and [zonetrail.cli.Oupdate].
@NullMarked
package zonetrail.cli;

import org.jspecify.annotations.NullMarked;
