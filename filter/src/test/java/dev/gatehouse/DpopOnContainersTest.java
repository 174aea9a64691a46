package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.DpopKey;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Proofs of possession (RFC 9449) on each container, with its own reading of headers. */
class DpopOnContainersTest {

  private static final String RESOURCE = "https://mcp.example/mcp";

  @TempDir private Path directory;

  private final DpopKey key = DpopKey.create();
  private final String token = Secrets.token();

  /** Answers in a second dispatch of the same request. */
  private static final class DispatchingServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
      if (request.getDispatcherType() == DispatcherType.REQUEST
          && request.getHeader("Forward") != null) {
        request.getRequestDispatcher("/mcp").forward(request, response);
      } else if (request.getDispatcherType() == DispatcherType.REQUEST) {
        request.startAsync().dispatch();
      } else {
        response.getWriter().print(request.getAuthType());
        response.flushBuffer();
      }
    }
  }

  private String proof(String method) {
    return key.proof(method, RESOURCE, token, Instant.now().getEpochSecond()).sign();
  }

  private RawResponse send(Container.Running server, String method, String... headerLines)
      throws IOException {
    List<String> lines = new ArrayList<>(List.of(headerLines));
    lines.add("Authorization: DPoP " + token);
    lines.add("Content-Length: 0");
    return RawClient.send(server.port(), RawClient.request(method + " /mcp", lines));
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void aRequestNeedsOneValidProofForAllItsDispatches(Container container) throws Exception {
    try (FakeAuthorizationServer as = new FakeAuthorizationServer()) {
      as.introspection(
          json(
              200,
              "{\"active\":true,\"aud\":\"%s\",\"token_type\":\"DPoP\",\"cnf\":{\"jkt\":\"%s\"}}"
                  .formatted(RESOURCE, key.thumbprint())));
      McpAuthFilter filter =
          new McpAuthFilter(
              TestSettings.builder()
                  .resource(RESOURCE)
                  .issuer(as.issuer())
                  .introspectionEndpoint(as.introspectionEndpoint())
                  .clientAuthMethod("none")
                  .dpop("required")
                  .build());
      try (var server = container.start(new DispatchingServlet(), filter, directory)) {
        String valid = proof("POST");
        RawResponse admitted = send(server, "POST", "DPoP: " + valid);
        assertThat(admitted.status()).isEqualTo(200);
        assertThat(admitted.body()).isEqualTo("DPoP");
        assertThat(send(server, "POST", "Forward: 1", "dPOP: " + proof("POST")).body())
            .isEqualTo("DPoP");

        assertRefused(send(server, "POST"));
        assertRefused(send(server, "POST", "DPoP: " + valid));
        assertRefused(send(server, "POST", "DPoP: " + proof("GET")));
        assertRefused(send(server, "DELETE", "DPoP: " + proof("POST")));
        assertRefused(send(server, "POST", "DPoP: " + proof("POST"), "DPoP: " + proof("POST")));
        assertRefused(send(server, "POST", "DPoP: " + proof("POST") + ", " + proof("POST")));
        assertRefused(send(server, "POST", "DPoP:", "DPoP: " + proof("POST")));
        assertRefused(send(server, "POST", "DPoP: " + "a".repeat(6000)));
        assertThat(send(server, "DELETE", "DPoP: " + proof("DELETE")).status()).isEqualTo(200);
      }
    }
  }

  private static void assertRefused(RawResponse response) {
    assertThat(response.status()).isEqualTo(401);
    assertThat(response.header("WWW-Authenticate"))
        .singleElement()
        .asString()
        .startsWith("DPoP resource_metadata=\"")
        .contains("algs=\"", "error=\"invalid_dpop_proof\"");
  }
}
