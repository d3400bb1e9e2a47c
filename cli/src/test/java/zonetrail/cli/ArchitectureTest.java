package zonetrail.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.ClassesShould;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The borders between the packages, each with its reason. This module sees all the others, so the
/// test is here.
class ArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("zonetrail")
          .that(DescribedPredicate.not(resideInAPackage("zonetrail.fixtures..")));

  private static void check(ArchRule rule) {
    rule.check(CLASSES);
  }

  @Nested
  class Order {

    @Test
    void everyPackageHasAPlace() {
      assertThat(CLASSES)
          .as("a new package gets a line in ROOMS, at its height, with its reason")
          .isNotEmpty()
          .allSatisfy(type -> assertThat(roomOf(type)).as(type.getName()).isNotNull());
    }

    static List<Room> rooms() {
      return ROOMS;
    }

    @ParameterizedTest
    @MethodSource("rooms")
    void packageUsesOnlyWhatIsBelowIt(Room room) {
      check(
          noClasses()
              .that(
                  DescribedPredicate.describe("are in " + room, type -> room.equals(roomOf(type))))
              .should()
              .dependOnClassesThat(
                  DescribedPredicate.describe(
                      "are not below " + room, used -> !mayUse(room, roomOf(used))))
              .because(room.because()));
    }

    /// From the bottom to the top: a package may use itself and what stands before it.
    private static final List<Room> ROOMS =
        List.of(
            new Room("wire", "octets can be read without knowing what a zone is"),
            new Room("zone", "a zone is a value, whatever text or transfer it came from"),
            new Room("masterfile", "ozone turns text into zones and never answers a query"),
            new Room("answer", "an answer depends on the zones and the question, not on who asks"),
            new Room("tsig", "a signature is judged the same under every kind of request"),
            new Room("update", "a change of a zone is decided before anything is written or sent"),
            new Room("notify", "whom to notify, and when again, is decided without sending it"),
            new Room("transfer", "a transfer is made the same for every client and every socket"),
            new Room("authority", "it names effects, so it must not see what performs them"),
            new Room("transport", "sockets do not care where the zones come from"),
            new Room("server.git", "one source of zones does not know the others or the server"),
            new Room("server.folder", "one source of zones does not know the others or the server"),
            new Room("server", "a test or the quickstart starts a server as a command line does"),
            new Room("secondary", "it answers as the primary does, and has its options for that"),
            new Room("cli", "the command lines are the top"));

    /// One of our packages, with what is nested in it and has no line of its own.
    ///
    /// @param name what follows `zonetrail.`
    /// @param because why it uses nothing that stands after it
    record Room(String name, String because) {
      boolean holds(String packageName) {
        return (packageName + ".").startsWith("zonetrail." + name + ".");
      }

      @Override
      public String toString() {
        return "zonetrail." + name;
      }
    }

    private static @Nullable Room roomOf(JavaClass type) {
      return ROOMS.stream()
          .filter(room -> room.holds(type.getPackageName()))
          .findFirst() // server.git stands before server
          .orElse(null);
    }

    private static boolean mayUse(Room room, @Nullable Room used) {
      if (used == null || used.equals(room)) {
        return true;
      }
      boolean bothAreSources = isSource(room) && isSource(used);
      return ROOMS.indexOf(used) < ROOMS.indexOf(room) && !bothAreSources;
    }

    private static boolean isSource(Room room) {
      return room.name().startsWith("server.");
    }
  }

  /// Below the border are no effects: what happens there depends on its arguments alone, so that a
  /// test, or a simulator, can run days of it in a second.
  @Nested
  class BelowTheBorder {

    private static final String[] PURE = {
      "zonetrail.wire..",
      "zonetrail.zone..",
      "zonetrail.masterfile..",
      "zonetrail.answer..",
      "zonetrail.tsig..",
      "zonetrail.update..",
      "zonetrail.notify..",
      "zonetrail.transfer..",
      "zonetrail.authority.."
    };

    @Test
    void isNoSocket() {
      check(
          pureClassesNeither()
              .dependOnClassesThat(
                  named(
                      "sockets", "java\\.net\\.(?!Inet|UnknownHost).*|java\\.nio\\.channels\\..*"))
              .because("what is sent is an effect; addresses are mere values"));
    }

    @Test
    void isNoFile() {
      check(
          pureClassesNeither()
              .dependOnClassesThat(
                  named("files", "java\\.io\\.(File|RandomAccess).*|java\\.nio\\.file\\..*"))
              .because("octets come in as arguments, from git, a folder or a test"));
    }

    @Test
    void isNoThread() {
      check(
          pureClassesNeither()
              .dependOnClassesThat(
                  named(
                      "threads",
                      "java\\.lang\\.(Thread|Process|Runtime)(Builder|\\$.*)?|java\\.util\\.Timer.*"
                          + "|java\\.util\\.concurrent\\.(?!atomic|TimeUnit|ConcurrentHashMap).*"))
              .because("state has one owner, and the caller decides which thread that is"));
    }

    @Test
    void isNoClock() {
      check(
          pureClassesNeither()
              .accessTargetWhere(
                  target(
                      "a clock",
                      "java\\.time\\..*\\.now|java\\.time\\.Clock\\..*|java\\.util\\.Date\\.<init>"
                          + "|java\\.lang\\.System\\.(currentTimeMillis|nanoTime)"))
              .because("time comes in as an argument, so that a test can let a day pass"));
    }

    @Test
    void isNoChance() {
      check(
          noClasses()
              .that()
              .resideInAnyPackage(PURE)
              .and()
              .doNotHaveFullyQualifiedName("zonetrail.wire.NameHash")
              .should()
              .accessTargetWhere(
                  target(
                      "a random source",
                      "java\\.util\\.(Splittable)?Random\\..*|java\\.security\\.SecureRandom\\..*"
                          + "|java\\.lang\\.Math\\.random|java\\.util\\.UUID\\.randomUUID"))
              .because(
                  "the same input gives the same output, twice and on two servers; only the hash of"
                      + " names differs, which decides over nothing but places in a table"));
    }

    @Test
    void isNoLogger() {
      check(
          pureClassesNeither()
              .dependOnClassesThat(named("loggers", "(org\\.slf4j|ch\\.qos\\.logback)\\..*"))
              .because(
                  "a report is an effect, so that logs, metrics and tests see the same events"));
    }

    @Test
    void isNoLibraryOfTheEffects() {
      check(
          pureClassesNeither()
              .dependOnClassesThat(
                  named(
                      "libraries of the effects",
                      "(io\\.netty|org\\.eclipse\\.jgit|org\\.apache\\.sshd|picocli)\\..*"))
              .because("the core is plain Java, to be read and tested without knowing them"));
    }

    private static ClassesShould pureClassesNeither() {
      return noClasses().that().resideInAnyPackage(PURE).should();
    }

    private static DescribedPredicate<JavaClass> named(String description, String regex) {
      Predicate<String> names = Pattern.compile(regex).asMatchPredicate();
      return DescribedPredicate.describe(description, type -> names.test(type.getName()));
    }

    private static DescribedPredicate<JavaAccess<?>> target(String description, String regex) {
      Predicate<String> names = Pattern.compile(regex).asMatchPredicate();
      return DescribedPredicate.describe(
          description,
          access -> names.test(access.getTargetOwner().getName() + "." + access.getName()));
    }
  }

  /// What runs in a hook, many times a day and while somebody waits, loads no server.
  @Nested
  class Tools {

    @ParameterizedTest
    @ValueSource(
        strings = {
          "zonetrail.cli.Ozone",
          "zonetrail.cli.Onotify",
          "zonetrail.cli.Oupdate",
          "zonetrail.cli.KeygenTsig"
        })
    void loadNoServerLibrary(String tool) {
      assertThat(pathTo(SERVER_ONLY, CLASSES.get(tool)))
          .as("the launcher gives the tools lib/tools, where these are not")
          .isEmpty();
    }

    private static final Predicate<String> SERVER_ONLY =
        Pattern.compile(
                "(zonetrail\\.(server|secondary)|io\\.netty|org\\.eclipse\\.jgit|org\\.apache\\.sshd"
                    + "|org\\.bouncycastle)\\..*")
            .asMatchPredicate();

    /// The shortest chain of uses from a class, through ours only, to one whose name is unwanted;
    /// empty if there is none.
    private static List<String> pathTo(Predicate<String> unwanted, JavaClass start) {
      Map<JavaClass, JavaClass> usedBy = new HashMap<>();
      Deque<JavaClass> open = new ArrayDeque<>(List.of(start));
      while (!open.isEmpty()) {
        JavaClass user = open.remove();
        for (Dependency dependency : user.getDirectDependenciesFromSelf()) {
          JavaClass used = dependency.getTargetClass().getBaseComponentType();
          if (!used.equals(start) && usedBy.putIfAbsent(used, user) == null) {
            if (unwanted.test(used.getName())) {
              return Stream.iterate(used, type -> type != null, usedBy::get)
                  .map(JavaClass::getName)
                  .toList()
                  .reversed();
            }
            if (used.getPackageName().startsWith("zonetrail")) {
              open.add(used);
            }
          }
        }
      }
      return List.of();
    }
  }

  @Nested
  class Packages {

    @Test
    void haveAPageForNewcomersAndAreNullMarked() {
      Set<String> unmarked =
          CLASSES.stream()
              .map(JavaClass::getPackage)
              .filter(room ->
                  room.tryGetPackageInfo()
                      .filter(info -> info.isAnnotatedWith(NullMarked.class))
                      .isEmpty())
              .map(JavaPackage::getName)
              .collect(toCollection(TreeSet::new));
      assertThat(unmarked).as("packages without a package-info that is @NullMarked").isEmpty();
    }
  }

  @Nested
  class Output {

    @Test
    void isLoggedThroughSlf4j() {
      check(
          noClasses()
              .should()
              .dependOnClassesThat(resideInAPackage("java.util.logging.."))
              .because("an operator configures one logging library"));
    }

    @Test
    void onStandardStreamsComesFromMainsAlone() {
      check(
          noClasses()
              .that()
              .resideOutsideOfPackages("zonetrail.cli..", "zonetrail.server", "zonetrail.secondary")
              .should(ACCESS_STANDARD_STREAMS)
              .because("standard output is a server's ready line, and what a tool was asked for"));
    }
  }
}
