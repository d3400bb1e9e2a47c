package zonetrail.server.git;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.util.Paths;
import org.jspecify.annotations.Nullable;

/// Makes the trees of a commit that differs from another one in a few files: only those on the way
/// to these files, and of them what is not touched is copied octet by octet.
///
/// git sorts the entries of a tree by name, a folder as if its name ended in a slash.
///
/// Thread: one.
final class TreeRewrite {
  private static final int ID_OCTETS = 20;

  private final Source source;
  private final Sink sink;

  /// Where the trees of before come from.
  interface Source {
    /// The octets of a tree, which are not changed.
    ///
    /// @throws IOException if it is missing or damaged
    byte[] read(ObjectId tree) throws IOException;
  }

  /// Where the trees go.
  interface Sink {
    /// Keeps an object.
    ObjectId insert(int type, byte[] octets) throws IOException;
  }

  /// A file is to be written where there is a folder, or the other way round.
  static final class InTheWayException extends IOException {
    private static final long serialVersionUID = 1L;

    InTheWayException(String message) {
      super(message);
    }
  }

  TreeRewrite(Source source, Sink sink) {
    this.source = source;
    this.sink = sink;
  }

  /// Makes a tree.
  ///
  /// @param tree the one before; null for an empty one
  /// @param blobs what files are to hold, by their paths within the tree; empty for those that are
  ///   to go, if they are there at all. A folder without files goes too
  /// @param kept so many folders from the top stay even where they are empty
  /// @throws InTheWayException if a file and a folder would have the same name
  /// @throws IOException if a tree is missing or damaged, or cannot be written
  ObjectId rewrite(@Nullable ObjectId tree, SortedMap<String, Optional<ObjectId>> blobs, int kept)
      throws IOException {
    Trees made = rewritten(tree, blobs, kept);
    return sink.insert(Constants.OBJ_TREE, made.octets);
  }

  @SuppressWarnings("ArrayRecordComponent") // handed over, never compared
  private record Trees(byte[] octets) {
    boolean isEmpty() {
      return octets.length == 0;
    }
  }

  /// One name that is touched: a file or a folder with files.
  private static final class Edit {
    final byte[] name;
    final SortedMap<String, Optional<ObjectId>> inside = new TreeMap<>();
    Optional<ObjectId> blob = Optional.empty();
    boolean isFile;

    Edit(String name) {
      this.name = name.getBytes(StandardCharsets.UTF_8);
    }

    int mode() {
      return isFile ? FileMode.TYPE_FILE : FileMode.TYPE_TREE;
    }

    /// What must not be there under this name.
    int otherMode() {
      return isFile ? FileMode.TYPE_TREE : FileMode.TYPE_FILE;
    }

    /// As git sorts them.
    static Comparator<Edit> inOrder(ToIntFunction<Edit> mode) {
      return (a, b) ->
          Paths.compare(
              a.name,
              0,
              a.name.length,
              mode.applyAsInt(a),
              b.name,
              0,
              b.name.length,
              mode.applyAsInt(b));
    }
  }

  private Trees rewritten(
      @Nullable ObjectId tree, SortedMap<String, Optional<ObjectId>> blobs, int kept)
      throws IOException {
    byte[] before = tree == null ? new byte[0] : source.read(tree);
    List<Edit> edits = edits(blobs);
    edits.sort(Edit.inOrder(Edit::mode));
    List<Edit> twins = new ArrayList<>(edits);
    twins.sort(Edit.inOrder(Edit::otherMode));
    ByteArrayOutputStream made = new ByteArrayOutputStream(before.length + 256 * edits.size());
    int next = 0; // edit
    int twin = 0;
    int copied = 0;
    for (Entry at = Entry.first(before); at != null; at = at.next()) {
      while (next < edits.size() && at.compare(edits.get(next), edits.get(next).mode()) > 0) {
        made.write(before, copied, at.begin - copied);
        copied = at.begin;
        write(edits.get(next++), null, made, kept);
      }
      if (next < edits.size() && at.compare(edits.get(next), edits.get(next).mode()) == 0) {
        made.write(before, copied, at.begin - copied);
        copied = at.end;
        write(edits.get(next++), at, made, kept);
      }
      while (twin < twins.size() && at.compare(twins.get(twin), twins.get(twin).otherMode()) > 0) {
        twin++;
      }
      if (twin < twins.size() && at.compare(twins.get(twin), twins.get(twin).otherMode()) == 0) {
        throw new InTheWayException(
            at.name() + " cannot be a file and a folder at once: give one of them another name");
      }
    }
    made.write(before, copied, before.length - copied);
    while (next < edits.size()) {
      write(edits.get(next++), null, made, kept);
    }
    return new Trees(made.toByteArray());
  }

  private static List<Edit> edits(SortedMap<String, Optional<ObjectId>> blobs)
      throws InTheWayException {
    Map<String, Edit> byName = new TreeMap<>();
    for (Map.Entry<String, Optional<ObjectId>> file : blobs.entrySet()) {
      int slash = file.getKey().indexOf('/');
      String name = slash < 0 ? file.getKey() : file.getKey().substring(0, slash);
      Edit edit = byName.computeIfAbsent(name, Edit::new);
      if (slash < 0) {
        edit.isFile = true;
        edit.blob = file.getValue();
      } else {
        edit.inside.put(file.getKey().substring(slash + 1), file.getValue());
      }
      if (edit.isFile && !edit.inside.isEmpty()) {
        throw new InTheWayException(name + " cannot be a file and a folder at once");
      }
    }
    return new ArrayList<>(byName.values());
  }

  private void write(Edit edit, @Nullable Entry before, ByteArrayOutputStream made, int kept)
      throws IOException {
    if (edit.isFile) {
      if (edit.blob.isPresent()) {
        // What may be executed stays so; a symbolic link gives way to the file.
        boolean isExecutable = before != null && FileMode.EXECUTABLE_FILE.equals(before.mode);
        append(
            isExecutable ? FileMode.EXECUTABLE_FILE : FileMode.REGULAR_FILE,
            edit.name,
            edit.blob.get(),
            made);
      }
      return;
    }
    Trees folder = rewritten(before == null ? null : before.id(), edit.inside, kept - 1);
    if (!folder.isEmpty() || kept > 0) {
      append(FileMode.TREE, edit.name, sink.insert(Constants.OBJ_TREE, folder.octets), made);
    }
  }

  private static void append(FileMode mode, byte[] name, ObjectId id, ByteArrayOutputStream made)
      throws IOException {
    mode.copyTo(made);
    made.write(' ');
    made.writeBytes(name);
    made.write(0);
    id.copyRawTo(made);
  }

  /// An entry of a tree: `mode name\0id`.
  private static final class Entry {
    private final byte[] tree;
    private final int begin;
    private final int nameBegin;
    private final int nameEnd;
    private final int end;
    private final int mode;

    private Entry(byte[] tree, int begin) throws CorruptObjectException {
      this.tree = tree;
      this.begin = begin;
      int at = begin;
      int bits = 0;
      while (at < tree.length && tree[at] != ' ') {
        bits = (bits << 3) + tree[at++] - '0';
      }
      mode = bits;
      nameBegin = ++at;
      while (at < tree.length && tree[at] != 0) {
        at++;
      }
      nameEnd = at;
      end = nameEnd + 1 + ID_OCTETS;
      if (end > tree.length) {
        throw new CorruptObjectException("a tree ends in the middle of an entry");
      }
    }

    static @Nullable Entry first(byte[] tree) throws CorruptObjectException {
      return tree.length == 0 ? null : new Entry(tree, 0);
    }

    @Nullable Entry next() throws CorruptObjectException {
      return end == tree.length ? null : new Entry(tree, end);
    }

    String name() {
      return new String(tree, nameBegin, nameEnd - nameBegin, StandardCharsets.UTF_8);
    }

    ObjectId id() {
      return ObjectId.fromRaw(tree, nameEnd + 1);
    }

    /// Whether it stands before an edit's place, at it, or behind.
    ///
    /// @param as the mode that decides the place
    int compare(Edit edit, int as) {
      return Paths.compare(tree, nameBegin, nameEnd, mode, edit.name, 0, edit.name.length, as);
    }
  }
}
