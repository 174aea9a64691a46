package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.text;
import static dev.gatehouse.authorizationserver.testing.UserAgent.VERIFIER;
import static dev.gatehouse.authorizationserver.testing.UserAgent.value;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import dev.gatehouse.authorizationserver.testing.UserAgent;
import dev.gatehouse.testing.LogsWarning;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Registrations from many addresses, against the clients of others (RFC 7591 §5). */
class RegistrationFloodTest {
  private static final String METADATA =
      "{\"redirect_uris\":[\"http://127.0.0.1:33418/callback\"],"
          + "\"token_endpoint_auth_method\":\"none\"}";

  /** What one address may register at once. */
  private static final int BURST = 60;

  private final TurnedClock clock = new TurnedClock();

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) -> Demo.withUsers(origin).clock(clock).build().register(context));

  @Test
  @LogsWarning("registrations are refused")
  void aClientThatWaitsForItsFirstConsentIsNotDisplacedByRegistrationsFromOtherAddresses()
      throws IOException {
    String client = text(register(), "client_id");
    Map<String, String> request = UserAgent.request();
    request.put("client_id", client);
    request.put("scope", "notes:read");
    UserAgent browser = new UserAgent(server);
    HttpResponse<String> login = browser.open(request);

    for (int address = 0; address < 170; address++) {
      flood(address);
    }

    HttpResponse<String> consent = browser.follow(browser.logIn(login, "alice", "alice-secret"));
    String code = value(UserAgent.parameters(browser.decide(consent, "approve")), "code");
    HttpResponse<String> tokens =
        server.post(
            Demo.TOKEN,
            "grant_type=authorization_code&client_id=%s&code=%s&code_verifier=%s"
                .formatted(client, code, VERIFIER));
    assertThat(tokens.statusCode()).as(tokens.body()).isEqualTo(200);
  }

  @Test
  @LogsWarning("registrations are refused")
  void aFloodFromSomeAddressesIsRefusedAndDoesNotKeepOthersFromRegistering() throws IOException {
    for (int address = 0; address < 50; address++) {
      flood(address);
    }

    // Only the first registrations of this address, as the guide says.
    assertThat(flood(50)).isEqualTo(5);
    assertThat(register().statusCode()).isEqualTo(201);
    clock.turn(Duration.ofMinutes(30));
    assertThat(flood(51)).isEqualTo(BURST);
  }

  private HttpResponse<String> register() {
    return server.send(
        server
            .request("/oauth/register")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(METADATA)));
  }

  /** Registers clients from another address on loopback; returns how many were accepted. */
  private int flood(int number) throws IOException {
    try (Socket socket = new Socket()) {
      byte[] address = {127, 1, 1, (byte) (number + 1)};
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(address), 0));
      int port = URI.create(server.origin()).getPort();
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      String requests = request("keep-alive").repeat(BURST - 1) + request("close");
      socket.getOutputStream().write(requests.getBytes(US_ASCII));
      String responses = new String(socket.getInputStream().readAllBytes(), US_ASCII);
      assertThat(responses.split("HTTP/1.1 ", -1)).hasSize(BURST + 1);
      return responses.split("HTTP/1.1 201 ", -1).length - 1;
    }
  }

  private static String request(String connection) {
    return """
        POST /oauth/register HTTP/1.1\r
        Host: 127.0.0.1\r
        Connection: %s\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        %s"""
        .formatted(connection, METADATA.length(), METADATA);
  }
}
