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

/** What the server promises while its database is gone, and afterwards. */
public abstract class DatabaseFaultContract {
  /** Gives stores whose database can be taken away. */
  protected abstract Node node();

  protected abstract void takeAway();

  protected abstract void giveBack();

  /** Gives how many tokens the database holds. */
  protected abstract int countTokens();

  @LogsWarning("the store is unavailable")
  @Test
  void withoutTheDatabaseEverythingIs503AndAfterwardsAllIsAsItWas() {
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

      takeAway();
      Map<String, HttpResponse<String>> answers = everything(server, browser, consent, tokens);
      giveBack();

      answers.forEach(
          (what, answer) -> {
            assertThat(answer.statusCode()).as(what).isEqualTo(503);
            assertThat(header(answer, "Retry-After")).as(what).isEqualTo("5");
            assertThat(answer.body()).as(what).doesNotContain("SQL").doesNotContain("Exception");
          });
      untilItIsBack(() -> introspect(server, access));
      // Nothing has been issued that is not stored, and what was, is.
      assertThat(countTokens()).isEqualTo(before);
      assertThat(json(introspect(server, access))).containsEntry("active", true);
      assertThat(introspect(server, revoked).body()).isEqualTo("{\"active\":false}");
      assertThat(browser.refresh(text(tokens, "refresh_token")).statusCode()).isEqualTo(200);
      assertThat(browser.open(request()).body()).contains("logged in as alice");
    }
  }

  /** It comes back without a restart of ours, as soon as the database takes connections again. */
  private static void untilItIsBack(Supplier<HttpResponse<String>> question) {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
    while (question.get().statusCode() == 503) {
      assertThat(System.nanoTime()).as("is back in time").isLessThan(end);
    }
  }

  /** Asks all at once, for each answer takes as long as waiting for a connection does. */
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
      Map<String, HttpResponse<String>> answers = new LinkedHashMap<>();
      running.forEach((what, answer) -> answers.put(what, within(answer)));
      return answers;
    } finally {
      threads.shutdownNow();
    }
  }

  private static HttpResponse<String> within(CompletableFuture<HttpResponse<String>> answer) {
    return answer.orTimeout(2, TimeUnit.MINUTES).join();
  }
}
