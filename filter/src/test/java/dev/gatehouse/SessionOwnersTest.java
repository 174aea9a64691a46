package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.LogsWarning;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.Secrets;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MCP sessions belong to the callers that they were issued to. */
class SessionOwnersTest {

  private static final String ALICE = Secrets.token();
  private static final String ALICES_NEXT = Secrets.token();
  private static final String ALICE_ELSEWHERE = Secrets.token();
  private static final String BOB = Secrets.token();
  private static final String SERVICE = Secrets.token();
  private static final String SERVICES_NEXT = Secrets.token();
  private static final String UNKNOWN_1 = Secrets.token();
  private static final String UNKNOWN_2 = Secrets.token();

  private static final Map<String, String> CLAIMS =
      Map.of(
          ALICE,
          StreamFixture.tokenOf("alice", "editor"),
          ALICES_NEXT,
          StreamFixture.tokenOf("alice", "editor"),
          ALICE_ELSEWHERE,
          StreamFixture.tokenOf("alice", "reader"),
          BOB,
          StreamFixture.tokenOf("bob", "editor"),
          SERVICE,
          "\"client_id\":\"service\"",
          SERVICES_NEXT,
          "\"client_id\":\"service\",\"sub\":\"service\"",
          UNKNOWN_1,
          "\"client_id\":\"editor\",\"username\":\"x\"",
          UNKNOWN_2,
          "\"client_id\":\"editor\",\"username\":\"x\"");

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  /** Issues, uses and ends sessions as an MCP server does; knows no callers. */
  private static final class SessionServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    final transient Set<String> sessions = ConcurrentHashMap.newKeySet();
    final AtomicInteger calls = new AtomicInteger();
    private final AtomicInteger last = new AtomicInteger();

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      calls.incrementAndGet();
      String session = request.getHeader("Mcp-Session-Id");
      if (session == null) {
        String issued = request.getHeader("X-Issue");
        String id = issued == null ? "session-" + last.incrementAndGet() : issued;
        sessions.add(id);
        response.addHeader("mcp-session-ID", id);
        response.flushBuffer();
      } else if (!sessions.contains(session)) {
        response.sendError(404);
      } else if (request.getMethod().equals("DELETE")) {
        if (request.getHeader("X-Disallowed") != null) {
          response.sendError(405);
          return;
        }
        sessions.remove(session);
      }
    }
  }

  private StreamFixture fixture(Container container, HttpServlet servlet, String... settings)
      throws Exception {
    StreamFixture fixture =
        new StreamFixture(
            container,
            servlet,
            directory,
            builder -> {
              for (int i = 0; i < settings.length; i += 2) {
                builder.set(settings[i], settings[i + 1]);
              }
              return builder;
            });
    fixture.as.introspectionResponses(
        request -> json(200, StreamFixture.active(CLAIMS.get(request.parameter("token")))));
    return fixture;
  }

  private static RawResponse send(
      StreamFixture fixture, String method, String token, String... headers) throws IOException {
    List<String> lines = new ArrayList<>(List.of(headers));
    lines.add("Authorization: Bearer " + token);
    return RawClient.send(fixture.server.port(), RawClient.request(method + " /mcp", lines));
  }

  private static String begin(StreamFixture fixture, String token) throws IOException {
    RawResponse response = send(fixture, "POST", token);
    assertThat(response.header("Mcp-Session-Id")).hasSize(1);
    return "Mcp-Session-Id: " + response.header("Mcp-Session-Id").get(0);
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void othersGet404ForASessionAndForAnUnknownOne(Container container) throws Exception {
    log.announce("user_unknown");
    SessionServlet servlet = new SessionServlet();
    try (StreamFixture fixture = fixture(container, servlet)) {
      String session = begin(fixture, ALICE);
      int calls = servlet.calls.get();
      for (String method : List.of("POST", "GET", "DELETE", "PUT")) {
        for (String token : List.of(BOB, ALICE_ELSEWHERE, SERVICE, UNKNOWN_1)) {
          assertThat(send(fixture, method, token, session).status()).isEqualTo(404);
        }
        RawResponse unknown = send(fixture, method, ALICE, "Mcp-Session-Id: unknown");
        RawResponse others = send(fixture, method, BOB, session);
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(others.body()).isEqualTo(unknown.body()); // as if it did not exist
        assertThat(others.header("WWW-Authenticate")).isEmpty();
        assertThat(send(fixture, method, BOB, session, "MCP-Protocol-Version: 2026-07-28").status())
            .isEqualTo(404);
        assertThat(send(fixture, method, ALICE, session, session).status()).isEqualTo(404);
        assertThat(send(fixture, method, ALICE, "Mcp-Session-Id:").status()).isEqualTo(404);
        assertThat(send(fixture, method, ALICE, session + " x").status()).isEqualTo(404);
      }
      assertThat(servlet.calls).hasValue(calls);

      assertThat(send(fixture, "POST", ALICE, session).status()).isEqualTo(200);
      assertThat(send(fixture, "GET", ALICES_NEXT, session).status()).isEqualTo(200);
    }
  }

  @Test
  void aSessionEndsWithDelete() throws Exception {
    SessionServlet servlet = new SessionServlet();
    try (StreamFixture fixture = fixture(Container.JETTY_64, servlet)) {
      String session = begin(fixture, ALICE);
      assertThat(send(fixture, "DELETE", ALICE, session, "X-Disallowed: 1").status())
          .isEqualTo(405);
      assertThat(send(fixture, "POST", ALICE, session).status()).isEqualTo(200);
      assertThat(send(fixture, "DELETE", ALICE, session).status()).isEqualTo(200);

      int calls = servlet.calls.get();
      assertThat(send(fixture, "POST", ALICE, session).status()).isEqualTo(404);
      assertThat(servlet.calls).hasValue(calls); // the filter has forgotten it, too
    }
  }

  @Test
  void aSessionThatTheServerHasForgottenIsForgotten() throws Exception {
    SessionServlet servlet = new SessionServlet();
    try (StreamFixture fixture = fixture(Container.JETTY_64, servlet)) {
      String session = begin(fixture, ALICE);
      servlet.sessions.clear();
      assertThat(send(fixture, "POST", ALICE, session).status()).isEqualTo(404);
      int calls = servlet.calls.get();
      assertThat(send(fixture, "POST", ALICE, session).status()).isEqualTo(404);
      assertThat(servlet.calls).hasValue(calls);
    }
  }

  @Test
  void anIdleSessionIsForgotten() throws Exception {
    SessionServlet servlet = new SessionServlet();
    try (StreamFixture fixture =
        fixture(Container.JETTY_64, servlet, "session-idle", "1h", "cache-ttl", "1s")) {
      String session = begin(fixture, ALICE);
      fixture.clock.advance(Duration.ofMinutes(59));
      assertThat(send(fixture, "POST", ALICE, session).status()).isEqualTo(200);
      fixture.clock.advance(Duration.ofMinutes(59));
      assertThat(send(fixture, "POST", ALICE, session).status()).isEqualTo(200);
      fixture.clock.advance(Duration.ofMinutes(40));
      assertThat(send(fixture, "POST", BOB, session).status()).isEqualTo(404); // is no use
      fixture.clock.advance(Duration.ofMinutes(40));
      assertThat(send(fixture, "POST", ALICE, session).status()).isEqualTo(404);
    }
  }

  @Test
  void clientsShareTheirSessionsAmongTheirTokensButUnknownUsersDoNot() throws Exception {
    log.announce("user_unknown");
    try (StreamFixture fixture = fixture(Container.JETTY_64, new SessionServlet())) {
      String services = begin(fixture, SERVICE);
      assertThat(send(fixture, "POST", SERVICES_NEXT, services).status()).isEqualTo(200);
      String unknowns = begin(fixture, UNKNOWN_1);
      assertThat(send(fixture, "POST", UNKNOWN_1, unknowns).status()).isEqualTo(200);
      assertThat(send(fixture, "POST", UNKNOWN_2, unknowns).status()).isEqualTo(404);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  @LogsWarning(maybe = {"UT005023", "/mcp"}) // the container logs the servlet's exception
  void aSessionOfAnotherIsNotIssuedAgain(Container container) throws Exception {
    log.announce("session_conflict");
    try (StreamFixture fixture = fixture(container, new SessionServlet())) {
      assertThat(send(fixture, "POST", ALICE, "X-Issue: same").status()).isEqualTo(200);
      assertThat(send(fixture, "POST", ALICES_NEXT, "X-Issue: same").status()).isEqualTo(200);
      RawResponse response = send(fixture, "POST", BOB, "X-Issue: same");
      assertThat(response.status()).isEqualTo(500);
      assertThat(response.header("Mcp-Session-Id")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "GET", "DELETE"})
  void sessionsAreNotBoundIfThatIsTurnedOff(String method) throws Exception {
    try (StreamFixture fixture =
        fixture(Container.JETTY_64, new SessionServlet(), "session-binding", "false")) {
      String session = begin(fixture, ALICE);
      assertThat(send(fixture, method, BOB, session).status()).isEqualTo(200);
    }
  }
}
