package zonetrail.server.git;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import zonetrail.masterfile.FileText;

/// The names that git gives to objects.
///
/// By Java's SHA-1, for which processors have instructions: a fifth of the time of JGit's, which
/// looks for collisions on its way. It is for what we make ourselves, and to find what a disk
/// forgot. What a remote sends is hashed by JGit, as is what it gets of us by the remote's git.
final class ObjectHash {
  private ObjectHash() {}

  /// The name of an object.
  static ObjectId idFor(int type, byte[] octets) {
    return idFor(type, FileText.of(octets));
  }

  /// The same of a file in pieces.
  static ObjectId idFor(int type, FileText text) {
    MessageDigest sha1 = sha1();
    sha1.update(header(type, text.length()));
    text.pieces().forEach(sha1::update);
    return ObjectId.fromRaw(sha1.digest());
  }

  /// What an object's octets stand behind, hashed and as a loose one.
  static byte[] header(int type, int octets) {
    return (Constants.typeString(type) + " " + octets + "\0").getBytes(StandardCharsets.US_ASCII);
  }

  /// What hashes.
  static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }
}
