package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.location;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.User;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Removing a user from the user store ends sessions, codes and refresh tokens. */
class RemovedUserTest {
  private final Map<String, User> users =
      new ConcurrentHashMap<>(Map.of("alice", User.withPassword("alice", "alice-secret")));

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .userStore(name -> Optional.ofNullable(users.get(name)))
                  .build()
                  .register(context));

  private final UserAgent browser = new UserAgent(server);

  @Test
  void theSessionOfARemovedUserIsInvalid() {
    HttpResponse<String> consent = consentPage();
    users.clear();

    assertThat(location(browser.decide(consent, "approve")).getPath())
        .isEqualTo("/oauth/authorize");
    assertThat(browser.open(request()).body()).contains("name=\"password\"");
  }

  @Test
  void theSessionOfAnotherUserWithTheSameNameIsInvalid() {
    HttpResponse<String> consent = consentPage();
    users.computeIfPresent("alice", (name, user) -> new User("another", name, user.passwordHash()));

    assertThat(location(browser.decide(consent, "approve")).getPath())
        .isEqualTo("/oauth/authorize");
  }

  @Test
  void theCodeOfARemovedUserIsInvalid() {
    String code = UserAgent.value(browser.consent(request()), "code");
    users.clear();

    assertThat(json(browser.redeem(code))).containsEntry("error", "invalid_grant");
  }

  @Test
  void theRefreshTokenOfARemovedUserRevokesItsGrant() {
    HttpResponse<String> tokens =
        browser.redeem(UserAgent.value(browser.consent(request()), "code"));
    users.clear();

    assertThat(json(browser.refresh(text(tokens, "refresh_token"))))
        .containsEntry("error", "invalid_grant");
    assertThat(Demo.introspect(server, text(tokens, "access_token")).body())
        .isEqualTo("{\"active\":false}");
  }

  private HttpResponse<String> consentPage() {
    return browser.follow(browser.logIn(browser.open(request()), "alice", "alice-secret"));
  }
}
