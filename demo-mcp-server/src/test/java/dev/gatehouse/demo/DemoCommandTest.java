package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Output and exit codes of command lines that do not keep the demo running. */
class DemoCommandTest {

  /** The columns before a description: the names of an option, or only spaces. */
  private static final String OPTION_COLUMNS = "( {6}--\\S+| {2}-\\w, --\\S+)? +";

  @Test
  void helpShowsEveryOption() {
    Outcome outcome = run(Map.of(), "--help");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out())
        .contains("--port", "--host", "--data", "--jwt", "--check", "--help", "--version")
        .contains("8080", "127.0.0.1", "GATEHOUSE_ISSUER")
        .doesNotContain("--stop-with-parent");
  }

  @Test
  void helpFitsInto80ColumnsWithAlignedDescriptions() {
    List<String> lines = run(Map.of(), "--help").out().lines().toList();

    assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    List<String> options =
        lines.stream()
            .dropWhile(line -> !line.startsWith("      --port="))
            .takeWhile(line -> !line.isEmpty())
            .toList();
    int column = options.get(0).indexOf("Port to listen on");
    assertThat(column).isPositive();
    assertThat(options)
        .allSatisfy(
            line -> {
              assertThat(line.substring(0, column)).matches(OPTION_COLUMNS);
              assertThat(line.charAt(column))
                  .as("first character of the description")
                  .isNotEqualTo(' ');
            })
        .anySatisfy(line -> assertThat(line.substring(0, column)).isBlank());
  }

  @Test
  void versionIsOneLine() {
    Outcome outcome = run(Map.of(), "--version");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out().lines()).singleElement().asString().startsWith("gatehouse-demo ");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          a port that is not a number | --port=many      | 'many'
          a port above 65535          | --port=70000     | 70000 is not a port
          a negative port             | --port=-1        | -1 is not a port
          an invalid host             | --host=a/b       | 'a/b' is not an address
          an empty host               | --host=          | --host
          an unknown option           | --prot=8080      | --prot
          an option without a value   | --port           | --port
          an unexpected argument      | start            | start
          """)
  void anInvalidOptionIsNamedAndTheExitCodeIs2(String what, String option, String expected) {
    Outcome outcome = run(Map.of(), option);

    assertThat(outcome.exitCode()).as(what).isEqualTo(2);
    assertThat(outcome.err()).contains(expected).doesNotContain("Exception", "\tat ");
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void aDataDirectoryThatIsAFileIsAnInvalidOption(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    Outcome outcome = run(Map.of(), "--port=0", "--data=" + file);

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("is a file").doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxr-xr-x", "rwxr-x---", "rwx--x--x", "rwxrwx---", "rwx-----x"})
  void anExistingDataDirectoryThatOtherUsersCanAccessIsRefused(
      String permissions, @TempDir Path directory) throws Exception {
    assumeTrue(directory.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Path data = Files.createDirectory(directory.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString(permissions));

    Outcome outcome = run(Map.of(), "--port=0", "--data=" + data);

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("--data: other users of this machine have access to '" + data + "'")
        .contains("chmod 700")
        .doesNotContain("\tat ");
    assertThat(data).isEmptyDirectory();
  }

  @Test
  void aPortInUseIsReportedInOneLineAndTheExitCodeIs1() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      Outcome outcome = run(Map.of(), "--port=" + taken.getLocalPort());

      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err().lines())
          .singleElement()
          .asString()
          .contains("http://127.0.0.1:" + taken.getLocalPort(), "in use", "--port 0");
      assertThat(outcome.out()).isEmpty();
    }
  }

  @Test
  void theEmbeddedAuthorizationServerListensOnLoopbackOnly() {
    Outcome outcome = run(Map.of(), "--host=0.0.0.0", "--port=0");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("loopback", "GATEHOUSE_ISSUER", "GATEHOUSE_RESOURCE");
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void oneMessageNamesEveryErrorInTheSettingsForAnotherAuthorizationServer() {
    Outcome outcome =
        run(
            Map.of("GATEHOUSE_ISSUER", "nonsense", "GATEHOUSE_REQUEST_TIMEOUT", "soon"),
            "--port=0");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("issuer: 'nonsense'", "client-id: missing", "client-secret: missing")
        .contains("request-timeout: ")
        .doesNotContain("\tat ");
  }

  @Test
  void anEmptyIssuerIsAnErrorAndDoesNotSelectTheEmbeddedAuthorizationServer() {
    Outcome outcome = run(Map.of("GATEHOUSE_ISSUER", ""), "--port=0");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("issuer: missing");
  }

  @Test
  void aSecretInTheEnvironmentIsNotPrinted() {
    Outcome outcome =
        run(Map.of("GATEHOUSE_ISSUER", "x", "GATEHOUSE_CLIENT_SECRET", "s3cr3t"), "--port=0");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).doesNotContain("s3cr3t");
  }

  @Test
  void theCheckOfTheDefaultSetupPasses() {
    Outcome outcome = run(Map.of(), "--check", "--port=0");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).startsWith("self-test: passed").doesNotContain("curl");
  }

  @Test
  void aFailedCheckNamesTheProblemAndTheExitCodeIs1() throws Exception {
    try (var bound = new Socket()) { // not listening: connections fail, and the port stays taken
      bound.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
      assertUnreachable("http://127.0.0.1:" + bound.getLocalPort() + "/introspect");
    }
  }

  @Test
  void jwtsAreForTheEmbeddedAuthorizationServer() {
    Outcome outcome =
        run(Map.of("GATEHOUSE_ISSUER", "https://login.example.com"), "--jwt", "--port=0");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("--jwt: ", "set GATEHOUSE_TOKEN_VALIDATION instead");
  }

  @Test
  void aLostKeyFileIsReportedInOneLineAndTheExitCodeIs1(@TempDir Path directory) throws Exception {
    Path data = directory.resolve("data");
    var options = new DemoOptions("127.0.0.1", 0, Optional.of(data), false, Map.of());
    try (DemoServer demo = DemoServer.start(options.withoutSelfTest())) {
      TokenEndpoint.get(demo.address().origin() + "/oauth/jwks");
    }
    Files.delete(data.resolve("signing-keys.key"));

    Outcome outcome = run(Map.of(), "--port=0", "--data=" + data);

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .startsWith("--data: the key file ")
        .contains("signing-keys.key is missing", "restore it from a copy");
    assertThat(outcome.out()).isEmpty();
  }

  private static void assertUnreachable(String endpoint) {
    Outcome outcome =
        run(
            Map.of(
                "GATEHOUSE_INTROSPECTION_ENDPOINT",
                endpoint,
                "GATEHOUSE_CLIENT_AUTH_METHOD",
                "none"),
            "--check",
            "--port=0");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.out()).contains("FAILED", "server_unreachable", endpoint);
  }

  private static Outcome run(Map<String, String> environment, String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode =
        DemoCommand.commandLine(environment, new PrintWriter(out, true), new PrintWriter(err, true))
            .execute(args);
    return new Outcome(exitCode, out.toString(), err.toString());
  }

  private record Outcome(int exitCode, String out, String err) {}
}
