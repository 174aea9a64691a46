package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.header;
import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.request;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.gatehouse.authorizationserver.testing.BrokenStore;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The log at level TRACE contains no token, code, cookie or secret. */
class NothingSecretIsLoggedTest {
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @Test
  void noSecretIsLoggedAtTraceInSuccessOrFailure() {
    Logger ours = (Logger) LoggerFactory.getLogger("dev.gatehouse");
    Level before = ours.getLevel();
    ours.setLevel(Level.TRACE);
    ours.setAdditive(false);
    log.start();
    ours.addAppender(log);
    try (TestServer server =
            TestServer.start(
                (origin, context) -> Demo.withUsers(origin).build().register(context));
        TestServer broken =
            TestServer.start(
                (origin, context) ->
                    Demo.withUsers(origin)
                        .tokenStore(new BrokenStore())
                        .build()
                        .register(context))) {
      UserAgent browser = new UserAgent(server);
      HttpResponse<String> loggedIn =
          browser.logIn(browser.open(request()), "alice", "alice-secret");
      String cookie = header(loggedIn, "Set-Cookie").replaceAll(".*?=([^;]+);.*", "$1");
      String code =
          UserAgent.value(
              UserAgent.parameters(browser.decide(browser.follow(loggedIn), "approve")), "code");
      HttpResponse<String> tokens = browser.redeem(code);
      browser.redeem(code);
      Demo.introspect(server, text(tokens, "access_token"));
      Demo.introspect(broken, text(tokens, "access_token"));
      server.post(Demo.TOKEN, "client", "client-secret-wrong", Demo.FROM_CLIENT);

      assertThat(logged())
          .contains("used code TokenHash[")
          .contains("the store is unavailable")
          .doesNotContain(code)
          .doesNotContain(cookie)
          .doesNotContain(text(tokens, "access_token"))
          .doesNotContain(text(tokens, "refresh_token"))
          .doesNotContain("client-secret")
          .doesNotContain("notes-secret")
          .doesNotContain("alice-secret");
    } finally {
      ours.detachAppender(log);
      ours.setAdditive(true);
      ours.setLevel(before);
    }
  }

  private String logged() {
    return List.copyOf(log.list).stream()
        .map(
            event ->
                event.getFormattedMessage()
                    + (event.getThrowableProxy() == null
                        ? ""
                        : ThrowableProxyUtil.asString(event.getThrowableProxy())))
        .collect(Collectors.joining("\n"));
  }
}
