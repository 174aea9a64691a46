package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.internal.settings.SigningSettings;
import dev.gatehouse.authorizationserver.testing.Compiled;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import jakarta.servlet.ServletContext;
import java.lang.reflect.Method;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and runs the guide's examples. */
@SuppressWarnings("NullAway.Init")
class GuideTest {
  private static final String ADDRESS = "\"http://127.0.0.1:8080";

  /** Variables that the examples of complete servers assume. */
  private static final String GIVEN =
      """
      String password = "alice-secret";
      List<RegisteredClient> knownClients = List.of(
          RegisteredClient.builder("public").grantTypes("authorization_code", "refresh_token")
              .scopes("notes:read").redirectUris("http://127.0.0.1/callback").build(),
          RegisteredClient.builder("mcp-server").secret("mcp-server-secret")
              .resourceServerFor(origin + "/mcp").build());
      """;

  /** The examples run as long as the application; the test has to close their pool. */
  private static final String CLOSE_STORE =
      """
      servletContext.addListener(new jakarta.servlet.ServletContextListener() {
        @Override
        public void contextDestroyed(jakarta.servlet.ServletContextEvent event) {
          store.close();
        }
      });
      """;

  @TempDir private Path directory;

  @Test
  void theFirstExampleIssuesAndIntrospectsTokens() throws Exception {
    try (TestServer server = TestServer.start(example(block("server.register(")))) {
      String token =
          text(server.post(Demo.TOKEN, "app", "app-secret", Demo.FROM_CLIENT), "access_token");

      assertThat(json(introspect(server, token)))
          .containsEntry("active", true)
          .containsEntry("client_id", "app")
          .containsEntry("aud", List.of(server.origin() + "/mcp"));
    }
  }

  @Test
  void theIntrospectionServletExampleRunsAlone() throws Exception {
    String given =
        """
        String secret = "notes-secret";
        class MyTokens {
          Optional<StoredToken> find(String value) {
            Instant now = Instant.now().minusSeconds(1);
            return value.equals("known")
                ? Optional.of(StoredToken.builder(TokenKind.ACCESS, "app", now, now.plusSeconds(60))
                    .audience("https://notes.example.com/mcp").build())
                : Optional.empty();
          }
        }
        MyTokens myTokens = new MyTokens();
        """;
    try (TestServer server =
        TestServer.start(example(given + block("TokenIntrospectionServlet servlet")))) {
      assertThat(
              json(server.post("/introspect", "notes-server", "notes-secret", "token=known"))
                  .entrySet())
          .contains(Map.entry("active", true), Map.entry("iss", "https://login.example.com"));
      assertThat(server.post("/introspect", "notes-server", "notes-secret", "token=other").body())
          .isEqualTo("{\"active\":false}");
    }
  }

  @Test
  void theExampleWithUsersKeepsEverythingInItsDatabase() throws Exception {
    String database = "jdbc:h2:file:" + directory.resolve("notes");
    String statements =
        GIVEN
            + block(".userStore(")
            + block("JdbcStore.open(").replace("jdbc:postgresql://127.0.0.1/notes", database)
            + block(".introspectionRateLimit(")
            + block(".jwtAccessTokens(").replace("/var/lib/notes", directory.toString())
            + block(".forwardedForDepth(")
            + "server.build().register(servletContext);"
            + CLOSE_STORE;
    String refresh;
    try (TestServer server = TestServer.start(example(statements))) {
      UserAgent browser = new UserAgent(server);
      Map<String, String> request = UserAgent.request();
      request.put("resource", server.origin() + "/mcp");
      request.put("scope", "notes:read");
      var tokens = browser.redeem(UserAgent.value(browser.consent(request), "code"));
      refresh = text(tokens, "refresh_token");
      assertThat(text(tokens, "access_token")).startsWith("eyJ");
      assertThat(json(introspect(server, text(tokens, "access_token"))))
          .containsEntry("active", true)
          .containsEntry("username", "alice");
    }
    // A second node with the same database, which H2 allows within one process.
    try (TestServer server = TestServer.start(example(statements))) {
      assertThat(new UserAgent(server).refresh(refresh).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void everyExampleOfTheGuideIsTested() throws Exception {
    assertThat(blocks()).hasSize(7);
  }

  @Test
  void theTableOfSigningSettingsNamesTheBuildersMethodsAndDefaults() throws Exception {
    Map<String, String> defaults =
        Map.of(
            "jwtAccessTokens", "`false`",
            "signingAlgorithm", "`ES256`",
            "signingKeyLifetime", SigningSettings.DEFAULT_KEY_LIFETIME.toDays() + " days",
            "signingKeyStore", "in memory",
            "signingKey", "none",
            "certificateBoundTokens", "`false`");
    String guide = guide();
    String section = guide.substring(guide.indexOf("### Signing keys"));
    Map<String, String> rows = new TreeMap<>();
    Pattern.compile("(?m)^\\| `(\\w+)` \\| ([^|]+) \\|")
        .matcher(section.substring(0, section.indexOf("\n### Tokens")))
        .results()
        .forEach(row -> rows.put(row.group(1), row.group(2)));

    assertThat(rows).isEqualTo(defaults);
    assertThat(AuthorizationServer.Builder.class.getMethods())
        .extracting(Method::getName)
        .containsAll(rows.keySet());
  }

  private static HttpResponse<String> introspect(TestServer server, String token) {
    return server.post(Demo.INTROSPECT, "mcp-server", "mcp-server-secret", "token=" + token);
  }

  private BiConsumer<String, ServletContext> example(String statements) throws Exception {
    return Compiled.of(directory, statements.replace(ADDRESS, "origin + \""));
  }

  private static String guide() throws Exception {
    return Files.readString(Path.of("..", "src", "site", "markdown", "authorization-server.md"));
  }

  private static List<String> blocks() throws Exception {
    return Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
        .matcher(guide())
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  private static String block(String containing) throws Exception {
    List<String> found = blocks().stream().filter(block -> block.contains(containing)).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }
}
