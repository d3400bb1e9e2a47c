package zonetrail.server.git;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.CRC32;
import org.eclipse.jgit.internal.storage.file.BasePackIndexWriter;
import org.eclipse.jgit.transport.PackedObjectInfo;

/// A pack of objects that are entries of one already, with its index, put into a clone.
final class CommitPack {
  private static final int MAGIC = 0x5041434B; // PACK
  private static final int VERSION = 2;
  private static final int INDEX_VERSION = 2;

  /// As a start clears away.
  private static final String UNNAMED = "commits.tmp";

  private CommitPack() {}

  /// Writes a pack; it is on the disk when this returns, with its name. One that is there already
  /// is written anew.
  ///
  /// @param objects of different names; what one is a delta of is among them
  /// @throws IOException if it cannot be written
  static void write(CloneRepository repository, Collection<CommitJournal.Entry> objects)
      throws IOException {
    List<PackedObjectInfo> index = new ArrayList<>();
    ByteArrayOutputStream pack = new ByteArrayOutputStream(1 << 16);
    pack.writeBytes(
        ByteBuffer.allocate(12).putInt(MAGIC).putInt(VERSION).putInt(objects.size()).array());
    for (CommitJournal.Entry object : objects) {
      CRC32 crc = new CRC32();
      crc.update(object.entry());
      PackedObjectInfo info = new PackedObjectInfo(object.id());
      info.setOffset(pack.size());
      info.setCRC((int) crc.getValue());
      index.add(info);
      pack.writeBytes(object.entry());
    }
    Collections.sort(index);
    MessageDigest sha1 = ObjectHash.sha1();
    byte[] checksum = sha1.digest(pack.toByteArray());
    pack.writeBytes(checksum);
    ByteArrayOutputStream indexOctets = new ByteArrayOutputStream();
    try (OutputStream out = new BufferedOutputStream(indexOctets)) {
      BasePackIndexWriter.createVersion(out, INDEX_VERSION).write(index, checksum);
    }
    Path folder = repository.getDirectory().toPath().resolve("objects/pack");
    String name = "pack-" + HexFormat.of().formatHex(checksum);
    Path place = folder.resolve(name + ".pack");
    Path unnamed = folder.resolve(UNNAMED);
    CloneDirectory.replace(place, unnamed, pack.toByteArray());
    CloneDirectory.replace(folder.resolve(name + ".idx"), unnamed, indexOctets.toByteArray());
    CloneDirectory.syncDirectory(folder);
    repository.getObjectDatabase().openPack(place.toFile());
  }
}
