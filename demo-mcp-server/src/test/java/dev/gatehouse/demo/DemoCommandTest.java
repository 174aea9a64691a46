package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command line, where it does not start the demo: what it says, and its exit code. */
class DemoCommandTest {

  /** An option's names and value with a space after them, or nothing before a continued line. */
  private static final String OPTION_COLUMNS = "( {6}--\\S+| {2}-\\w, --\\S+)? +";

  @Test
  void helpShowsEveryOption() {
    Outcome outcome = run(Map.of(), "--help");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out())
        .contains("--port", "--host", "--data", "--check", "--help", "--version")
        .contains("8080", "127.0.0.1", "GATEHOUSE_ISSUER")
        .doesNotContain("--stop-with-parent");
  }

  @Test
  void helpFitsInto80ColumnsAndEachDescriptionStaysInItsColumn() {
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
              assertThat(line.charAt(column)).as("where the description begins").isNotEqualTo(' ');
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
          a port that is no number    | --port=many      | 'many'
          a port beyond all ports     | --port=70000     | 70000 is not a port
          a negative port             | --port=-1        | -1 is not a port
          a host that is no host      | --host=a/b       | 'a/b' is no address
          an empty host               | --host=          | --host
          no such option              | --prot=8080      | --prot
          no value                    | --port           | --port
          a word too many             | start            | start
          """)
  void aWrongOptionIsNamedAndTheExitCodeIs2(String what, String option, String expected) {
    Outcome outcome = run(Map.of(), option);

    assertThat(outcome.exitCode()).as(what).isEqualTo(2);
    assertThat(outcome.err()).contains(expected).doesNotContain("Exception", "\tat ");
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void aDataDirectoryThatIsAFileIsAWrongOption(@TempDir Path directory) throws Exception {
    Path file = Files.createFile(directory.resolve("file"));

    Outcome outcome = run(Map.of(), "--port=0", "--data=" + file);

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("is a file").doesNotContain("\tat ");
  }

  @Test
  void aPortInUseIsOneLineAndTheExitCodeIs1() throws Exception {
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
  void builtInSecretsStayOnLoopback() {
    Outcome outcome = run(Map.of(), "--host=0.0.0.0", "--port=0");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("loopback", "GATEHOUSE_ISSUER", "GATEHOUSE_RESOURCE");
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void withAnotherAuthorizationServerOneMessageNamesEveryMistake() {
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
  void anEmptyIssuerIsAMistakeAndNotAWishForTheEmbeddedAuthorizationServer() {
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
  void aCheckOfAGoodSetUpPasses() {
    Outcome outcome = run(Map.of(), "--check", "--port=0");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).startsWith("self-test: passed").doesNotContain("curl");
  }

  @Test
  void aCheckThatFindsSomethingWrongNamesItAndItsCureAndTheExitCodeIs1() throws Exception {
    try (var bound = new Socket()) { // and not listening: nobody answers, or takes it
      bound.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0));
      assertUnreachable("http://127.0.0.1:" + bound.getLocalPort() + "/introspect");
    }
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
