package dev.gatehouse;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;

import dev.gatehouse.internal.observe.Metric;
import dev.gatehouse.testing.Await;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.TestSettings;
import jakarta.servlet.http.HttpServlet;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;

/** A container with a guarded servlet, and raw connections to it that stay open. */
final class StreamFixture implements AutoCloseable {

  static final String RESOURCE = "https://mcp.example/mcp";

  /** How much of a response is in a failure's message. */
  private static final int SHOWN = 2000;

  final ManualClock clock = new ManualClock(ManualClock.NOW);
  final FakeAuthorizationServer as = new FakeAuthorizationServer();
  final McpAuthFilter filter;
  final Container.Running server;
  private final CompletableFuture<List<Metric>> metrics = new CompletableFuture<>();

  StreamFixture(Container container, HttpServlet servlet, Path directory) throws Exception {
    this(container, servlet, directory, settings -> settings);
  }

  StreamFixture(
      Container container,
      HttpServlet servlet,
      Path directory,
      UnaryOperator<SettingsBuilder> changes)
      throws Exception {
    respondActive("");
    filter =
        new McpAuthFilter(
            changes
                .apply(
                    TestSettings.builder()
                        .resource(RESOURCE)
                        .issuer(as.issuer())
                        .introspectionEndpoint(as.introspectionEndpoint())
                        .clientAuthMethod("none")
                        .connectTimeout(Duration.ofSeconds(30)))
                .build(),
            clock);
    filter.addListener(
        started -> {
          metrics.complete(started.metrics());
          return () -> {};
        });
    server = container.start(servlet, filter, directory);
  }

  /** The token has these members, beside the audience. */
  void respondActive(String members) {
    as.introspection(json(200, active(members)));
  }

  static String active(String members) {
    return "{\"active\":true,\"aud\":\"%s\"%s}"
        .formatted(RESOURCE, members.isEmpty() ? "" : "," + members);
  }

  /** Members of a token of this user and client. */
  static String tokenOf(String user, String client) {
    return "\"sub\":\"%s\",\"client_id\":\"%s\"".formatted(user, client);
  }

  /** None before the first request: Undertow starts the filter then. */
  long openStreams() {
    return metrics.getNow(List.of()).stream()
        .filter(metric -> metric.name().equals("gatehouse.streams.open"))
        .mapToLong(metric -> ((Metric.Gauge) metric).value().getAsLong())
        .sum();
  }

  long ended(String reason) {
    return metrics.getNow(List.of()).stream()
        .filter(metric -> metric.name().equals("gatehouse.streams.ended"))
        .filter(metric -> reason.equals(metric.tags().get("reason")))
        .mapToLong(metric -> ((Metric.Counter) metric).value().getAsLong())
        .sum();
  }

  void awaitNoStreams() {
    Await.until("no stream is left", () -> openStreams() == 0);
  }

  /** A connection whose response is read as it arrives. */
  final class Connection implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;
    private final StringBuilder received = new StringBuilder();

    Connection(String method, String token, String... headers) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
      socket.setSoTimeout(60_000);
      in = new BufferedInputStream(socket.getInputStream());
      sendAgain(method, token, headers);
    }

    /** Sends a further request, which keep-alive permits. */
    void sendAgain(String method, String token, String... headers) throws IOException {
      List<String> lines = new ArrayList<>(List.of(headers));
      lines.add("Authorization: Bearer " + token);
      lines.add("Accept: text/event-stream");
      if (!method.equals("GET")) {
        lines.add("Content-Length: 0");
      }
      // Kept alive, so that only a complete response ends.
      String request =
          RawClient.request(method + " /mcp", lines).replace("Connection: close\r\n", "");
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
    }

    String received() {
      return received.toString();
    }

    /** Reads until the text has arrived. */
    void await(String text) throws IOException {
      boolean found = received.indexOf(text) >= 0;
      while (!found) {
        int octet = in.read();
        if (octet < 0) {
          int shown = Math.max(0, received.length() - SHOWN);
          throw new AssertionError("the connection ended after '" + received.substring(shown));
        }
        received.append((char) octet);
        found = received.indexOf(text, Math.max(0, received.length() - text.length())) >= 0;
      }
    }

    /** Reads until the last chunk: a response that was cut off has none. */
    void awaitEnd() throws IOException {
      await("\r\n0\r\n\r\n");
    }

    /** Reads the end of a response whose body is empty: with a length, or without any chunk. */
    void awaitEmpty() throws IOException {
      await("\r\n\r\n");
      if (!received().toLowerCase(Locale.ROOT).contains("content-length: 0\r\n")) {
        await("\r\n0\r\n\r\n");
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    as.close();
  }
}
