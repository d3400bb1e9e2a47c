package zonetrail.secondary;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeAll;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.utility.DockerImageName;
import zonetrail.fixtures.PeerLauncher;

/// [PeerScenarios] with newer releases of the peers, in containers.
///
/// Skipped where no Docker engine runs on this machine, or none that can have the image: the first
/// time it has to fetch one from Docker Hub and packages from Debian. It is never an error, with
/// `-Dpeers=required` neither.
///
/// It passed with BIND 9.20.30, Knot 3.4.6 and NSD 4.12.0, on an engine without Docker Hub: the
/// image was made there from the same Dockerfile, on a Debian 13 from `debootstrap`, and named by
/// `-Dpeers.image`. Its making by Testcontainers was only seen to fail, and to skip the test.
///
/// With `-Dpeers.release=sid` the peers come from that release of Debian, with `-Dpeers.image=NAME`
/// from an image that has all of them.
class NewerPeersIT extends PeerScenarios {
  private static final String RELEASE = System.getProperty("peers.release", "trixie");
  private static final String IMAGE = System.getProperty("peers.image", "");

  private static final String TO_RUN =
      "mvn -pl secondary -am verify -Dit.test=NewerPeersIT runs this test";

  private static PeerLauncher launcher = PeerLauncher.LOCAL;

  @BeforeAll
  static void findEngineAndImage() {
    assumeTrue(
        System.getProperty("os.name").equals("Linux"),
        "peers in containers need the host's network, which only Linux gives them: " + TO_RUN);
    assumeTrue(
        hasEngine(),
        "no Docker engine on this machine; start one, or name it by DOCKER_HOST, and " + TO_RUN);
    launcher = new ContainerLauncher(IMAGE.isEmpty() ? build() : DockerImageName.parse(IMAGE));
  }

  /// Whether there is one whose host's loopback is ours.
  private static boolean hasEngine() {
    DockerClientFactory factory = DockerClientFactory.instance();
    return factory.isDockerAvailable() && factory.dockerHostIpAddress().equals("localhost");
  }

  /// Makes the image, and keeps it for the next time.
  private static DockerImageName build() {
    try {
      return DockerImageName.parse(
          new ImageFromDockerfile("zonetrail-peers:" + RELEASE, false)
              .withFileFromString("Dockerfile", ContainerLauncher.dockerfile(RELEASE))
              .get());
    } catch (RuntimeException e) {
      return abort(
          "the Docker engine cannot make the image of Debian "
              + RELEASE
              + "; give one by -Dpeers.image=NAME, and "
              + TO_RUN
              + ": "
              + e);
    }
  }

  @Override
  PeerLauncher launcher() {
    return launcher;
  }
}
