package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.Examples;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compiles and calls the example of the guide's page on tokens, and reads its settings. */
class TokensGuideTest {

  private static final Path PAGE = Path.of("..", "src", "site", "markdown", "tokens.md");

  @TempDir private Path directory;

  /** The rows of the table by hash: user and scopes. */
  private final Map<String, List<String>> rows = new ConcurrentHashMap<>();

  @Test
  void theExampleVerifiesApiKeysInADatabaseTable() throws Exception {
    AccessTokenVerifier example =
        (AccessTokenVerifier)
            Examples.compiled(directory, "ApiKeys", Examples.block(PAGE, "java", "record ApiKeys"))
                .getConstructor(DataSource.class)
                .newInstance(database());
    assertThat(Examples.block(PAGE, "java", "verifier("))
        .contains("builder.verifier(\"keys\", \"key_\", new ApiKeys(database))");
    String key = "key_" + Secrets.token();
    rows.put(hash(key), List.of("alice", "notes:read notes:write"));
    try (FakeAuthorizationServer as = new FakeAuthorizationServer();
        ProtectedServer server =
            ProtectedServer.guarding(
                new CallerServlet(),
                new ManualClock(ManualClock.NOW),
                origin ->
                    TestSettings.builder()
                        .resource(origin + "/mcp")
                        .issuer(as.issuer())
                        .tokenValidation("jwt")
                        .verifier("keys", "key_", example)
                        .build())) {
      assertThat(server.get("/mcp", "Authorization", "Bearer " + key).body())
          .startsWith("user=alice client=- scopes=[notes:read, notes:write] principal=keys#alice");
      assertThat(server.status("key_" + Secrets.token())).isEqualTo(401);
      assertThat(as.requests()).isEmpty();
    }
  }

  private static String hash(String key) throws Exception {
    return HexFormat.of()
        .formatHex(
            MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
  }

  /** As much of JDBC as the example needs. */
  private DataSource database() {
    return stub(DataSource.class, (method, arguments) -> connection());
  }

  private Connection connection() {
    return stub(
        Connection.class,
        (method, arguments) -> {
          if (method.equals("close")) {
            return null;
          }
          assertThat(arguments[0])
              .isEqualTo("SELECT user_id, scopes, expires_at FROM api_keys WHERE hash = ?");
          return statement();
        });
  }

  private PreparedStatement statement() {
    String[] hash = new String[1];
    return stub(
        PreparedStatement.class,
        (method, arguments) -> {
          if (method.equals("setString")) {
            hash[0] = (String) arguments[1];
          }
          return method.equals("executeQuery") ? result(hash[0]) : null;
        });
  }

  private ResultSet result(String hash) throws SQLException {
    List<String> row = rows.get(hash);
    Iterator<Boolean> found = List.of(row != null, false).iterator();
    return stub(
        ResultSet.class,
        (method, arguments) ->
            switch (method) {
              case "next" -> found.next();
              case "getString" -> Objects.requireNonNull(row).get((Integer) arguments[0] - 1);
              case "getTimestamp" -> Timestamp.from(ManualClock.NOW.plusSeconds(60));
              default -> throw new AssertionError(method);
            });
  }

  @FunctionalInterface
  private interface Call {
    @Nullable Object of(String method, Object[] arguments) throws Exception;
  }

  private static <T> T stub(Class<T> type, Call call) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call.of(method.getName(), arguments)));
  }

  @Test
  void everyListOfSettingsIsValid() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), Secrets.CLIENT_SECRET);
    Matcher block =
        Pattern.compile("```properties\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
    int blocks = 0;
    while (block.find()) {
      SettingsBuilder builder = Settings.builder().resource("https://mcp.example/mcp");
      block
          .group(1)
          .lines()
          .map(line -> line.replace("/run/secrets/mcp-filter", secret.toString()))
          .forEach(line -> builder.set(line.split("=", 2)[0], line.split("=", 2)[1]));
      assertThat(builder.build()).isNotNull();
      blocks++;
    }
    assertThat(blocks).isEqualTo(4);
  }
}
