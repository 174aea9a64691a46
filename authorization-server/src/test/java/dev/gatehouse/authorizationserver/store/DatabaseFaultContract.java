package dev.gatehouse.authorizationserver.store;

import static dev.gatehouse.authorizationserver.testing.Demo.FROM_CLIENT;
import static dev.gatehouse.authorizationserver.testing.Demo.INTROSPECT;
import static dev.gatehouse.authorizationserver.testing.Demo.REVOKE;
import static dev.gatehouse.authorizationserver.testing.Demo.TOKEN;
import static dev.gatehouse.authorizationserver.testing.Demo.introspect;
import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.StoreContract.Node;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import dev.gatehouse.testing.LogsWarning;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What the server promises during an outage of its database, and after it. */
public abstract class DatabaseFaultContract {
  /** Returns stores over a database that can be cut off. */
  protected abstract Node node();

  protected abstract void cutOff();

  protected abstract void reconnect();

  /** Counts the tokens in the database. */
  protected abstract int countTokens();

  @LogsWarning(
      value = "the store is unavailable",
      maybe = {"marked as broken", "Failed to validate connection"}) // by the pool
  @Test
  void anOutageIs503AtEveryEndpointAndLosesNothing() {
    Node stores = node();
    try (TestServer server =
        TestServer.start(
            (origin, context) ->
                Demo.withUsers(origin)
                    .tokenStore(stores.tokens())
                    .sessionStore(stores.sessions())
                    .clientRegistry(stores.clients())
                    .rateLimits(stores.limits())
                    .build()
                    .register(context))) {
      UserAgent browser = new UserAgent(server);
      HttpResponse<String> login = browser.open(request());
      HttpResponse<String> consent = browser.follow(browser.logIn(login, "alice", "alice-secret"));
      HttpResponse<String> tokens =
          browser.redeem(
              UserAgent.value(UserAgent.parameters(browser.decide(consent, "approve")), "code"));
      String access = text(tokens, "access_token");
      String revoked = Demo.token(server);
      server.post(REVOKE, "client", "client-secret", "token=" + revoked);
      int before = countTokens();

      cutOff();
      Map<String, HttpResponse<String>> responses = everything(server, browser, consent, tokens);
      reconnect();

      responses.forEach(
          (what, response) -> {
            assertThat(response.statusCode()).as(what).isEqualTo(503);
            assertThat(header(response, "Retry-After")).as(what).isEqualTo("5");
            assertThat(response.body()).as(what).doesNotContain("SQL").doesNotContain("Exception");
          });
      awaitRecovery(() -> introspect(server, access));
      // Every issued token is stored, and no other.
      assertThat(countTokens()).isEqualTo(before);
      assertThat(json(introspect(server, access))).containsEntry("active", true);
      assertThat(introspect(server, revoked).body()).isEqualTo("{\"active\":false}");
      assertThat(browser.refresh(text(tokens, "refresh_token")).statusCode()).isEqualTo(200);
      assertThat(browser.open(request()).body()).contains("logged in as alice");
    }
  }

  /** The server recovers without a restart, as soon as the database accepts connections. */
  private static void awaitRecovery(Supplier<HttpResponse<String>> request) {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (request.get().statusCode() == 503) {
      assertThat(System.nanoTime()).as("recovered in time").isLessThan(end);
    }
  }

  /** Sends all requests at once, because each waits for a connection until the timeout. */
  private static Map<String, HttpResponse<String>> everything(
      TestServer server,
      UserAgent browser,
      HttpResponse<String> consent,
      HttpResponse<String> tokens) {
    Map<String, String> yes = UserAgent.fields(consent);
    yes.put("decision", "approve");
    Map<String, Supplier<HttpResponse<String>>> requests = new LinkedHashMap<>();
    requests.put("token", () -> server.post(TOKEN, "client", "client-secret", FROM_CLIENT));
    requests.put("refresh", () -> browser.refresh(text(tokens, "refresh_token")));
    requests.put("code", () -> browser.redeem("abc"));
    requests.put(
        "introspect", () -> server.post(INTROSPECT, "notes-server", "notes-secret", "token=abc"));
    requests.put("revoke", () -> server.post(REVOKE, "client", "client-secret", "token=abc"));
    requests.put("authorize", () -> browser.open(request()));
    requests.put("consent", () -> browser.post("/oauth/consent", yes));
    requests.put(
        "register",
        () ->
            server.send(
                server
                    .request("/oauth/register")
                    .header("Content-Type", "application/json")
                    .POST(
                        BodyPublishers.ofString(
                            "{\"redirect_uris\":[\"https://a.example.com/\"]}"))));
    ExecutorService threads = Executors.newFixedThreadPool(requests.size());
    try {
      Map<String, CompletableFuture<HttpResponse<String>>> running = new LinkedHashMap<>();
      requests.forEach(
          (what, request) -> running.put(what, CompletableFuture.supplyAsync(request, threads)));
      Map<String, HttpResponse<String>> responses = new LinkedHashMap<>();
      running.forEach((what, response) -> responses.put(what, within(response)));
      return responses;
    } finally {
      threads.shutdownNow();
    }
  }

  private static HttpResponse<String> within(CompletableFuture<HttpResponse<String>> response) {
    return response.orTimeout(2, TimeUnit.MINUTES).join();
  }
}
