package dev.gatehouse.demo;

import static java.util.Objects.requireNonNull;

import dev.gatehouse.SelfTestReport;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of the demo. */
@Command(
    name = "gatehouse-demo",
    mixinStandardHelpOptions = true,
    versionProvider = BuildVersion.class,
    sortOptions = false,
    description = "Starts an MCP server, a small notebook, that Gatehouse protects.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:The demo was stopped, or the check passed.",
      "1:The demo could not start, or the check failed.",
      "2:An option or a setting is invalid."
    },
    footerHeading = "%nEnvironment variables:%n",
    // One string for each paragraph: picocli wraps the lines.
    footer = {
      "GATEHOUSE_ISSUER or GATEHOUSE_INTROSPECTION_ENDPOINT names the authorization server to use."
          + " Without them, the demo starts an authorization server of its own. Every other"
          + " setting of the filter has such a variable too, for example GATEHOUSE_RESOURCE.",
      "",
      "GATEHOUSE_DB_URL, GATEHOUSE_DB_USER and GATEHOUSE_DB_PASSWORD name the PostgreSQL database"
          + " in which the demo's own authorization server stores tokens and logins."
    })
final class DemoCommand implements Callable<Integer> {

  private final Map<String, String> environment;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port to listen on; 0 selects a free port (default: ${DEFAULT-VALUE}).")
  private int port = 8080;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Address to listen on (default: ${DEFAULT-VALUE}).")
  private String host = "127.0.0.1";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      // Wrapped by hand: picocli would indent the second line by two more columns.
      description = {
        "Directory in which to store notes, tokens and logins",
        "(default: memory, which is lost when the demo stops)."
      })
  private @Nullable Path data;

  @Option(
      names = "--jwt",
      // Wrapped by hand, as above.
      description = {
        "Issue access tokens as JWTs, which are verified",
        "without a request, even after their revocation",
        "(default: opaque tokens)."
      })
  private boolean jwt;

  @Option(names = "--check", description = "Start, run the self-test, print its report and exit.")
  private boolean check;

  @Option(
      names = "--stop-with-parent",
      hidden = true,
      description = "Stop when the parent process ends; used by mvn -Pdemo.")
  private boolean stopWithParent;

  private DemoCommand(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Runs the demo until it is stopped.
   *
   * @param args see {@code --help}
   */
  public static void main(String[] args) {
    Charset console = Charset.defaultCharset();
    int exitCode =
        commandLine(
                System.getenv(),
                new PrintWriter(System.out, true, console),
                new PrintWriter(System.err, true, console))
            .execute(args);
    System.exit(exitCode);
  }

  /** The command line with the given environment and output. */
  static CommandLine commandLine(
      Map<String, String> environment, PrintWriter out, PrintWriter err) {
    return new CommandLine(new DemoCommand(environment))
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler(
            (error, args) -> {
              err.println(error.getMessage());
              err.println("gatehouse-demo --help shows the options.");
              return CommandLine.ExitCode.USAGE;
            });
  }

  @Override
  public Integer call() throws InterruptedException {
    CommandLine commandLine = requireNonNull(spec, "spec").commandLine();
    try {
      DemoOptions options =
          new DemoOptions(host, port, Optional.ofNullable(data), jwt, environment);
      if (check) {
        return check(options, commandLine.getOut());
      }
      DemoServer server = DemoServer.start(options);
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop"));
      if (stopWithParent) {
        // Exit runs the shutdown hook, for which the JVM waits.
        ParentWatch.start(() -> System.exit(CommandLine.ExitCode.OK));
      }
      commandLine.getOut().println(new StartText(server.address(), server.protection()).text());
      server.join();
      return CommandLine.ExitCode.OK;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(commandLine, String.valueOf(e.getMessage()), e);
    } catch (StartFailedException e) {
      commandLine.getErr().println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  /** Starts the server first, because its own authorization server may be the one under test. */
  private static int check(DemoOptions options, PrintWriter out) throws StartFailedException {
    try (DemoServer server = DemoServer.start(options.withoutSelfTest())) {
      SelfTestReport report = server.selfTest();
      out.println(report);
      return report.passed() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    }
  }
}
