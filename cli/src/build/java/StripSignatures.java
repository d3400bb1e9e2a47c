import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Takes the signatures out of the jars of a folder; run by the build.
///
/// Bouncy Castle and JGit come signed. At each start the JVM then digests every class that it takes
/// from them and compares it with a manifest of 800 KB, and it caches none of them: together more
/// than half of the start of a server that fetches over SSH. Maven has compared the jars with its
/// repository's checksums by then.
///
/// What goes is the files of the signature and the manifest's section per class; code, licences and
/// the manifest's main section stay. The order of the entries and their times stay, too, so that
/// the same jar always gives the same.
final class StripSignatures {
  private StripSignatures() {}

  public static void main(String[] folders) throws IOException {
    for (String folder : folders) {
      try (DirectoryStream<Path> jars = Files.newDirectoryStream(Path.of(folder), "*.jar")) {
        for (Path jar : jars) {
          if (isSigned(jar)) {
            strip(jar);
          }
        }
      }
    }
  }

  private static boolean isSigned(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile(), false)) {
      return file.stream().anyMatch(StripSignatures::isOfSignature);
    }
  }

  private static void strip(Path jar) throws IOException {
    Path stripped = jar.resolveSibling(jar.getFileName() + ".stripped");
    try (JarFile file = new JarFile(jar.toFile(), false);
        OutputStream out = Files.newOutputStream(stripped);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      for (JarEntry entry : (Iterable<JarEntry>) file.stream()::iterator) {
        if (isOfSignature(entry)) {
          continue;
        }
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(entry.getTimeLocal());
        zip.putNextEntry(copy);
        if (entry.getName().equals(JarFile.MANIFEST_NAME)) {
          Manifest manifest = new Manifest(file.getInputStream(entry));
          manifest.getEntries().clear();
          manifest.write(zip);
        } else {
          file.getInputStream(entry).transferTo(zip);
        }
        zip.closeEntry();
      }
    }
    Files.move(stripped, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  private static boolean isOfSignature(JarEntry entry) {
    return entry.getName().toUpperCase(Locale.ROOT).matches("META-INF/[^/]+\\.(SF|RSA|DSA|EC)");
  }
}
