import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;
import zonetrail.authority.EditedTexts;
import zonetrail.authority.Effect;
import zonetrail.authority.FetchScope;
import zonetrail.authority.GroupCommit;
import zonetrail.authority.Layout;
import zonetrail.authority.ZoneEdit;
import zonetrail.authority.ZoneFiles;
import zonetrail.fixtures.GitRepository;
import zonetrail.masterfile.ZoneFilePattern;
import zonetrail.server.git.GitSource;
import zonetrail.server.git.RemoteAccess;
import zonetrail.server.git.RemoteAddress;
import zonetrail.server.git.ZoneRepository;
import zonetrail.tsig.TsigKey;
import zonetrail.update.SerialStyle;
import zonetrail.update.UpdateRequest;

/// What the commit lane takes for an update, by the number of zones: the edit of the file, the commit on the disk, and
/// what is served because of it; and beside it what the network lane takes to note that it is served.
///
///     java -cp CLASSES bench/UpdateCost.java flat 100 10000 100000
///
/// Arguments: `tree` (256 folders) or `flat`, then numbers of zones. One update a commit, each to another zone. Prints
/// the median and the 99th percentile in ms of 200, after 200 more. The class path is that of `PushCommits.java`.
public final class UpdateCost {
  private static final String SECRET = "cGVyaGFwcyB0aGlydHktdHdvIG9jdGV0cyBsb25n";
  private static final int ROUNDS = 200;

  private UpdateCost() {}

  /// @param arguments layout, zones
  public static void main(String[] arguments) throws Exception {
    boolean isTree = arguments[0].equals("tree");
    for (String zones : Arrays.asList(arguments).subList(1, arguments.length)) {
      run(isTree, Integer.parseInt(zones));
    }
  }

  private static String file(int number, boolean isTree) {
    String name = "zone" + number + ".example";
    return isTree ? "%02x/%s".formatted(number % 256, name) : name;
  }

  private static void run(boolean isTree, int zones) throws Exception {
    Path directory = Files.createTempDirectory("update-cost");
    GitRepository origin = GitRepository.create(directory, "zones");
    for (int i = 0; i < zones; i++) {
      origin.write(
          file(i, isTree),
          "$TTL 300\n@ SOA ns.example.org. h.example.org. 1 3600 900 604800 300\n NS ns.example.org.\nwww A 192.0.2.1\n");
    }
    origin.write("_keys", "a._update. DNSKEY 0 3 163 " + SECRET + "\n");
    origin.push("first");
    TsigKey key = TsigKey.parse("a._update:SHA256:" + SECRET);
    Layout layout = isTree ? new Layout(Layout.Folders.TREE, ZoneFilePattern.NAME_ALONE) : Layout.DEFAULT;
    try (GitSource source =
        new GitSource(
            ZoneRepository.open(
                RemoteAddress.parse(origin.bare().toString()),
                Optional.empty(),
                layout,
                directory.resolve("state"),
                RemoteAccess.by(Optional.empty())))) {
      ZoneFiles files = ZoneFiles.NONE.advance(source.fetch("", FetchScope.everything())).files();
      EditedTexts texts = new EditedTexts(64 << 20);
      List<Double> commit = new ArrayList<>();
      List<Double> keep = new ArrayList<>();
      for (int i = 0; i < 2 * ROUNDS; i++) {
        Name zone = Name.fromString("zone" + i * 31 % zones + ".example.");
        Update update = new Update(zone);
        update.add(Name.fromString("h" + i, zone), Type.A, 300, "192.0.2.7");
        ZoneEdit edit =
            new ZoneEdit.Requested(
                UpdateRequest.parse(update.toWire(Message.MAXLENGTH)),
                key,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 5353),
                "id" + i);
        long at = System.nanoTime();
        GroupCommit.Result result =
            GroupCommit.make(
                new Effect.Commit(files, List.of(edit), null), SerialStyle.INCREMENT, Instant.now(), source, texts);
        commit.add((System.nanoTime() - at) / 1e6);
        if (result.advance() == null) {
          throw new IllegalStateException(result.verdicts().toString());
        }
        files = result.advance().files();
        at = System.nanoTime();
        source.keep(files.version(), files.heldBack());
        keep.add((System.nanoTime() - at) / 1e6);
      }
      System.out.printf(
          "%s, %6d zones: commit %s ms, noting %s ms%n",
          isTree ? "tree" : "flat", zones, shown(commit), shown(keep));
    }
  }

  private static String shown(List<Double> millis) {
    double[] sorted = millis.stream().skip(ROUNDS).mapToDouble(d -> d).sorted().toArray();
    return "%.1f/%.1f".formatted(sorted[sorted.length / 2], sorted[sorted.length * 99 / 100]);
  }
}
