/// The zones of a git repository: a bare clone in the state directory, kept up to date from one
/// branch of one remote.
///
/// [zonetrail.server.git.RemoteAddress] says where the remote is,
/// [zonetrail.server.git.SshSettings] with which key we log in and which host keys we trust, and
/// [zonetrail.server.git.ZoneRepository] fetches and hands out a [zonetrail.authority.SourceTree]
/// per commit (`CommitTrees`). `ServedLine` notes in the clone what was served, so that a start
/// goes on from there. Nothing is ever checked out: blobs are read from the object database, so
/// that no symbolic link, filter or path in the repository can touch the disk. Everything in the
/// clone but the served line, and own commits that wait, can be had again from the remote; a clone
/// that is damaged or belongs to another remote is moved beside and made anew.
///
/// The other way go commits of our own: `LocalCommits` makes them (`CommitWriter`, `TreeRewrite`),
/// on the disk in a journal when they are made (`UnsettledCommits`; docs/design/commit-journal.md)
/// and in the clone before git looks at it, `PendingLine` keeps them until the remote has them, and
/// `RemotePush` brings them there. [zonetrail.server.git.GitSource] is all of that as a
/// [zonetrail.authority.ZoneSource] and a [zonetrail.authority.ZoneLedger].
///
/// What a file means (zone, keys, neither) is not decided here, nor is a commit judged: that is the
/// authority's. The user's own `~/.gitconfig`, `~/.ssh/config` and SSH agent are not looked at: two
/// servers with the same options do the same.
///
/// Threads: one at a time, the network lane, fetches and pushes. Beside it another, the commit
/// lane, makes commits, and never waits for what is said to the remote: the two meet in
/// `LocalCommits` only. A `SourceTree` and its files may be read from any thread.
///
/// Read first: [zonetrail.server.git.ZoneRepository].
@NullMarked
package zonetrail.server.git;

import org.jspecify.annotations.NullMarked;
