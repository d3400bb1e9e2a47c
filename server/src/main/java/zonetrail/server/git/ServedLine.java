package zonetrail.server.git;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jgit.dircache.DirCache;
import org.eclipse.jgit.dircache.DirCacheBuilder;
import org.eclipse.jgit.dircache.DirCacheEditor;
import org.eclipse.jgit.dircache.DirCacheEntry;
import org.eclipse.jgit.lib.CommitBuilder;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.PersonIdent;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.RefUpdate;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.revwalk.RevCommit;
import org.eclipse.jgit.treewalk.TreeWalk;
import org.jspecify.annotations.Nullable;
import zonetrail.authority.EarlierZones;
import zonetrail.authority.HeldBack;
import zonetrail.authority.HeldBack.Mark;
import zonetrail.authority.Layout;
import zonetrail.authority.SourceTree;
import zonetrail.authority.SourceTree.SourceFile;
import zonetrail.authority.SourceTree.UnreadableException;
import zonetrail.authority.ZoneSource;
import zonetrail.server.git.CommitTrees.GitFile;
import zonetrail.zone.ShownName;

/// What was served, in the clone: `refs/zonetrail/served`, a commit per publication whose tree is
/// exactly the files served and whose parent is the publication before.
///
/// The tree is the fetched commit's own where nothing is held back. Else the files served stand in
/// the place of the commit's, and what they include in `.zonetrail/FILE/`, a folder that is no
/// zone; `/` in these names is `%2F` there, and `%` is `%25`. What the files do not tell is in the
/// message, a line each:
///
/// ```text
/// Zonetrail-Source: COMMIT                      the fetched commit
/// Zonetrail-Path: FOLDER                        the folder that was served, from the top
/// Zonetrail-Layout: flat|tree PATTERN           where in it zone files lay, how they were called
/// Zonetrail-As-Of: ZONE COMMIT SECONDS          a zone that is held back, and since when
/// Zonetrail-Held: ZONE COMMIT BLOB[+BLOB...]|-  a removal that is not accepted
/// Zonetrail-Included: ZONE                      a zone whose SOA record is in a file it includes
/// Zonetrail-Floor: ZONE SERIAL BLOB             a zone that was removed
/// ```
///
/// Threads: [#earlier] and [#tip] from any; the others one at a time, which [ServedNotes] sees to.
final class ServedLine {
  /// The latest publication.
  static final String REF = "refs/zonetrail/served";

  /// Where the included files of zones that are held back lie.
  static final String INCLUDES = ".zonetrail";

  private static final Set<RefUpdate.Result> WRITTEN =
      Set.of(
          RefUpdate.Result.NEW,
          RefUpdate.Result.FAST_FORWARD,
          RefUpdate.Result.FORCED,
          RefUpdate.Result.NO_CHANGE);

  /// How many publications an earlier version of a zone is looked for in.
  static final int MAX_EARLIER_COMMITS = 4_096;

  /// How much of files is looked at for it.
  static final long MAX_EARLIER_OCTETS = 1L << 30;

  private static final PersonIdent OURSELVES =
      new PersonIdent("Zonetrail", "zonetrail@localhost", Instant.EPOCH, ZoneOffset.UTC);

  private final Repository repository;
  private final List<String> folder;
  private final Layout layout;

  private volatile @Nullable ObjectId tip;

  /// What was noted.
  ///
  /// @param tree the files served, called by the commit that they were fetched with
  record Noted(SourceTree tree, List<Mark> marks) {
    Noted {
      marks = List.copyOf(marks);
    }
  }

  ServedLine(Repository repository, List<String> folder, Layout layout) {
    this.repository = repository;
    this.folder = folder;
    this.layout = layout;
  }

  /// The publication that was read or written last; null if none was.
  @Nullable ObjectId tip() {
    return tip;
  }

  /// What was noted last.
  ///
  /// @return empty if nothing was, or with other files taken for zones: what they were says nothing
  ///   of those of now
  /// @throws IOException if it is damaged
  Optional<Noted> read(AtomicBoolean damageSeen) throws IOException {
    Ref ref = repository.exactRef(REF);
    if (ref == null) {
      return Optional.empty();
    }
    try (ObjectReader reader = repository.newObjectReader()) {
      ObjectId commit = ref.getObjectId();
      RevCommit parsed = RevCommit.parse(BranchTip.object(reader, commit, Constants.OBJ_COMMIT));
      ServedMessage message = ServedMessage.parse(parsed.getFullMessage());
      tip = commit;
      if (!message.place().equals(new ServedMessage.Place(folder, layout))) {
        return Optional.empty();
      }
      BranchTip served = BranchTip.read(repository, commit);
      CommitTrees trees = new CommitTrees(repository, folder, layout, damageSeen);
      List<BranchTip.Entry> entries =
          trees.list(served, folder).map(TreeListing.Folder::files).orElse(List.of());
      SortedMap<String, SourceFile> files = trees.files(entries, folder);
      return Optional.of(
          new Noted(
              new SourceTree(
                  message.source(),
                  sourceTime(message.source(), served),
                  served.acceptance(),
                  layout,
                  files,
                  SourceTree.Includes.among(files, includes(served, trees, reader)),
                  Collections.emptySortedMap()),
              message.marks()));
    }
  }

  private Instant sourceTime(String source, BranchTip served) {
    try {
      return BranchTip.read(repository, ObjectId.fromString(source)).time();
    } catch (IOException | IllegalArgumentException rewrittenAway) {
      return served.time();
    }
  }

  private Map<String, Map<String, SourceFile>> includes(
      BranchTip served, CommitTrees trees, ObjectReader reader) throws IOException {
    Map<String, Map<String, SourceFile>> includes = new HashMap<>();
    List<String> at = includesFolder();
    for (String zoneFile : served.subfolders(reader, at)) {
      List<String> own = new ArrayList<>(at);
      own.add(zoneFile);
      List<BranchTip.Entry> files =
          trees.list(served, own).map(TreeListing.Folder::files).orElse(List.of());
      Map<String, SourceFile> named = new HashMap<>();
      trees.files(files, own).forEach((name, file) -> named.put(ofOneName(name), file));
      includes.put(ofOneName(zoneFile), named);
    }
    return includes;
  }

  private List<String> includesFolder() {
    List<String> at = new ArrayList<>(folder);
    at.add(INCLUDES);
    return at;
  }

  /// Notes what is served; writes nothing where that was noted last. It is on the disk when this
  /// returns: commits that what was served before is not found by may follow at once.
  ///
  /// @param source the commit that was looked at last
  /// @throws IOException if it cannot be written
  void write(String source, HeldBack heldBack, Instant now) throws IOException {
    BranchTip commit = BranchTip.read(repository, ObjectId.fromString(source));
    String message =
        new ServedMessage(source, new ServedMessage.Place(folder, layout), heldBack.marks())
            .toString();
    try (ObjectInserter inserter = repository.newObjectInserter();
        ObjectReader reader = repository.newObjectReader()) {
      boolean isAsPushed =
          heldBack.isNothing() && commit.folderTree(reader, includesFolder()).isEmpty();
      ObjectId tree = isAsPushed ? commit.rootTree() : treeOf(commit, heldBack, reader, inserter);
      Ref ref = repository.exactRef(REF);
      ObjectId before = ref == null ? null : ref.getObjectId();
      if (before != null && before.equals(tip)) {
        RevCommit last = RevCommit.parse(BranchTip.object(reader, before, Constants.OBJ_COMMIT));
        if (last.getTree().equals(tree) && last.getFullMessage().equals(message)) {
          return;
        }
      }
      CommitBuilder builder = new CommitBuilder();
      builder.setTreeId(tree);
      if (before != null) {
        builder.setParentId(before);
      }
      PersonIdent ident = new PersonIdent(OURSELVES, now);
      builder.setAuthor(ident);
      builder.setCommitter(ident);
      builder.setMessage(message);
      ObjectId served = inserter.insert(builder);
      inserter.flush();
      move(served);
    }
  }

  /// Notes the same in another clone of the same remote, where the line begins anew.
  ///
  /// @throws IOException if an object that the other clone does not have cannot be read here
  void copyTo(Repository other) throws IOException {
    Ref ref = repository.exactRef(REF);
    if (ref == null) {
      return;
    }
    try (ObjectReader reader = repository.newObjectReader();
        ObjectInserter inserter = other.newObjectInserter();
        ObjectCopy copy = new ObjectCopy(repository, other)) {
      byte[] text = BranchTip.object(reader, ref.getObjectId(), Constants.OBJ_COMMIT);
      RevCommit last = RevCommit.parse(text);
      copy.tree(last.getTree());
      CommitBuilder builder = new CommitBuilder();
      builder.setTreeId(last.getTree());
      builder.setAuthor(last.getAuthorIdent());
      builder.setCommitter(last.getCommitterIdent());
      builder.setMessage(last.getFullMessage());
      ObjectId copied = inserter.insert(builder);
      inserter.flush();
      move(other, copied);
    }
  }

  private void move(ObjectId to) throws IOException {
    move(repository, to);
    // JGit forces the ref's file to the disk, and not its name.
    CloneDirectory.syncDirectory(repository.getDirectory().toPath().resolve("refs/zonetrail"));
    tip = to;
  }

  private static void move(Repository repository, ObjectId to) throws IOException {
    RefUpdate update = repository.updateRef(REF);
    update.setNewObjectId(to);
    update.disableRefLog();
    RefUpdate.Result result = update.forceUpdate();
    if (!WRITTEN.contains(result)) {
      throw new IOException("cannot write " + REF + ": " + result);
    }
  }

  /// The commit's tree with the files served in the place of those held back.
  private ObjectId treeOf(
      BranchTip commit, HeldBack heldBack, ObjectReader reader, ObjectInserter inserter)
      throws IOException {
    DirCache cache = DirCache.newInCore();
    DirCacheBuilder all = cache.builder();
    all.addTree(new byte[0], DirCacheEntry.STAGE_0, reader, commit.rootTree());
    all.finish();
    String prefix = folder.isEmpty() ? "" : String.join("/", folder) + "/";
    DirCacheEditor editor = cache.editor();
    editor.add(new DirCacheEditor.DeleteTree(prefix + INCLUDES)); // one that was pushed is not ours
    for (String name : heldBack.withheld()) {
      editor.add(new DirCacheEditor.DeletePath(prefix + name));
    }
    for (Map.Entry<String, SourceFile> file : heldBack.instead().entrySet()) {
      editor.add(put(prefix + file.getKey(), blob(file.getValue(), inserter)));
    }
    for (Map.Entry<String, Map<String, SourceFile>> zone : heldBack.includes().entrySet()) {
      for (Map.Entry<String, SourceFile> file : zone.getValue().entrySet()) {
        String path =
            prefix + INCLUDES + "/" + asOneName(zone.getKey()) + "/" + asOneName(file.getKey());
        editor.add(put(path, blob(file.getValue(), inserter)));
      }
    }
    editor.finish();
    return cache.writeTree(inserter);
  }

  /// Looks for a version of a file on this line, as [ZoneSource#earlier]; any thread.
  ///
  /// @throws IOException if the line cannot be read
  Optional<SourceTree> earlier(String fileName, ZoneSource.Search search, AtomicBoolean damageSeen)
      throws IOException {
    Ref ref = repository.exactRef(REF);
    ObjectId at = ref == null ? null : ref.getObjectId();
    ObjectId treeBefore = null;
    ObjectId blobBefore = null;
    long octets = 0;
    String prefix = folder.isEmpty() ? "" : String.join("/", folder) + "/";
    try (ObjectReader reader = repository.newObjectReader()) {
      for (int commits = 0; at != null && commits < MAX_EARLIER_COMMITS; commits++) {
        RevCommit commit = RevCommit.parse(BranchTip.object(reader, at, Constants.OBJ_COMMIT));
        ObjectId tree = commit.getTree().copy();
        ObjectId blob =
            tree.equals(treeBefore) ? blobBefore : blobAt(reader, tree, prefix + fileName);
        if (blob != null && !blob.equals(blobBefore) && isOfThisPlace(commit)) {
          octets += reader.getObjectSize(blob, Constants.OBJ_BLOB);
          if (octets > MAX_EARLIER_OCTETS) {
            return Optional.empty();
          }
          switch (search.look(head(reader, blob))) {
            case FOUND -> {
              return Optional.of(treeOf(at, tree, fileName, blob, damageSeen));
            }
            case FURTHER -> {}
            case IN_VAIN -> {
              return Optional.empty();
            }
          }
        }
        treeBefore = tree;
        blobBefore = blob;
        at = commit.getParentCount() == 0 ? null : commit.getParent(0).copy();
      }
    }
    return Optional.empty();
  }

  private boolean isOfThisPlace(RevCommit commit) {
    return ServedMessage.parse(commit.getFullMessage())
        .place()
        .equals(new ServedMessage.Place(folder, layout));
  }

  private static @Nullable ObjectId blobAt(ObjectReader reader, ObjectId tree, String path)
      throws IOException {
    try (TreeWalk walk = TreeWalk.forPath(reader, path, tree)) {
      return walk != null && (walk.getRawMode(0) & FileMode.TYPE_MASK) == FileMode.TYPE_FILE
          ? walk.getObjectId(0)
          : null;
    }
  }

  private static byte[] head(ObjectReader reader, ObjectId blob) throws IOException {
    try (InputStream text = reader.open(blob, Constants.OBJ_BLOB).openStream()) {
      return text.readNBytes(ZoneSource.Search.HEAD_OCTETS);
    }
  }

  /// One file of a publication, with what it may include.
  private SourceTree treeOf(
      ObjectId commit, ObjectId tree, String fileName, ObjectId blob, AtomicBoolean damageSeen) {
    String prefix = folder.isEmpty() ? "" : String.join("/", folder) + "/";
    SourceFile file = new GitFile(repository, blob, ShownName.of(prefix + fileName), damageSeen);
    SourceTree.Includes includes =
        (zoneFile, name) -> {
          try (ObjectReader reader = repository.newObjectReader()) {
            String own = prefix + INCLUDES + "/" + asOneName(zoneFile) + "/" + asOneName(name);
            ObjectId first = blobAt(reader, tree, own);
            ObjectId found = first != null ? first : blobAt(reader, tree, prefix + name);
            return found == null
                ? null
                : new GitFile(repository, found, ShownName.of(prefix + name), damageSeen);
          } catch (IOException e) {
            damageSeen.set(true);
            return null;
          }
        };
    return EarlierZones.treeOf(commit.name(), fileName, file, layout, includes);
  }

  private static String asOneName(String path) {
    return path.replace("%", "%25").replace("/", "%2F");
  }

  private static String ofOneName(String name) {
    return name.replace("%2F", "/").replace("%25", "%");
  }

  private static DirCacheEditor.PathEdit put(String path, ObjectId blob) {
    return new DirCacheEditor.PathEdit(path) {
      @Override
      public void apply(DirCacheEntry entry) {
        entry.setFileMode(FileMode.REGULAR_FILE);
        entry.setObjectId(blob);
      }
    };
  }

  /// The clone has the blob, unless it was made anew and the branch was rewritten too.
  private ObjectId blob(SourceFile file, ObjectInserter inserter) throws IOException {
    ObjectId id = ObjectId.fromString(file.contentId());
    if (!repository.getObjectDatabase().has(id)) {
      try {
        inserter.insert(Constants.OBJ_BLOB, file.read());
      } catch (UnreadableException lost) {
        throw new IOException(String.valueOf(lost.getMessage()), lost);
      }
    }
    return id;
  }
}
