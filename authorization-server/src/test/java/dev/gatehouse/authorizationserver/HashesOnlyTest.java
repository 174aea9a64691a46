package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.StoreContract;
import dev.gatehouse.authorizationserver.store.TokenHash;
import dev.gatehouse.authorizationserver.store.jdbc.JdbcStore;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** The database contains hashes, and no token, code, cookie or secret. */
class HashesOnlyTest {
  private static final String URL = "jdbc:h2:mem:hashes-only;DB_CLOSE_DELAY=-1";

  @Test
  void aCopyOfTheDatabaseContainsNoUsableCredential() throws SQLException {
    try (JdbcStore store = JdbcStore.open(URL, "sa", "");
        TestServer server =
            TestServer.start(
                (origin, context) ->
                    Demo.withUsers(origin)
                        .tokenStore(store.tokens())
                        .sessionStore(store.sessions())
                        .clientRegistry(store.clients(StoreContract.known()))
                        .build()
                        .register(context))) {
      UserAgent browser = new UserAgent(server);
      HttpResponse<String> loggedIn =
          browser.logIn(browser.open(request()), "alice", "alice-secret");
      String cookie = header(loggedIn, "Set-Cookie").replaceAll(".*?=([^;]+);.*", "$1");
      String code =
          UserAgent.value(
              UserAgent.parameters(browser.decide(browser.follow(loggedIn), "approve")), "code");
      HttpResponse<String> first = browser.redeem(code);
      HttpResponse<String> second = browser.refresh(text(first, "refresh_token"));
      HttpResponse<String> client =
          server.send(
              server
                  .request("/oauth/register")
                  .header("Content-Type", "application/json")
                  .POST(
                      BodyPublishers.ofString("{\"redirect_uris\":[\"https://a.example.com/\"]}")));

      assertThat(everything())
          .contains(TokenHash.of(text(second, "access_token")).value())
          .contains(TokenHash.of(cookie).value())
          .contains(text(client, "client_id"))
          .doesNotContain(cookie)
          .doesNotContain(code)
          .doesNotContain(text(first, "access_token"))
          .doesNotContain(text(first, "refresh_token"))
          .doesNotContain(text(second, "access_token"))
          .doesNotContain(text(second, "refresh_token"))
          .doesNotContain(text(client, "client_secret"));
    }
  }

  private static String everything() throws SQLException {
    StringBuilder all = new StringBuilder();
    try (Connection connection = DriverManager.getConnection(URL, "sa", "");
        Statement statement = connection.createStatement();
        ResultSet lines = statement.executeQuery("SCRIPT")) {
      while (lines.next()) {
        all.append(lines.getString(1)).append('\n');
      }
    }
    return all.toString();
  }
}
