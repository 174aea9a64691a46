package dev.gatehouse.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A native client: it registers itself, sends the user to log in, and receives the authorization
 * response on a loopback port (RFC 8252 §7.3).
 */
final class Application implements AutoCloseable {
  static final String STATE = "state & of = the \"client\"";
  private static final String VERIFIER = "a-verifier-of-43-characters-or-more-0123456789";
  private static final int TIMEOUT_SECONDS = 30;

  private final ObjectMapper json = new ObjectMapper();
  private final HttpClient http = HttpClient.newHttpClient();
  private final BlockingQueue<String> responses = new ArrayBlockingQueue<>(10);
  private final HttpServer listener;
  private final RunningDemo demo;
  private final JsonNode metadata;
  private final String id;

  Application(RunningDemo demo, String name) throws IOException {
    this.demo = demo;
    listener = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    listener.createContext("/callback", this::receive);
    listener.start();
    metadata = get(demo.issuer() + "/.well-known/oauth-authorization-server");
    id =
        post(
                metadata.get("registration_endpoint").asText(),
                "application/json",
                json.writeValueAsString(
                    Map.of(
                        "client_name",
                        name,
                        "redirect_uris",
                        new String[] {"http://127.0.0.1/callback"},
                        "token_endpoint_auth_method",
                        "none")))
            .get("client_id")
            .asText();
  }

  /** Stores the authorization response that the browser delivers. */
  private void receive(HttpExchange exchange) throws IOException {
    assertThat(responses.offer(exchange.getRequestURI().getRawQuery())).isTrue();
    byte[] page =
        "<!doctype html><html lang=\"en\"><title>Back</title><link rel=\"icon\" href=\"data:,\">Back"
            .getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    exchange.sendResponseHeaders(200, page.length);
    try (var body = exchange.getResponseBody()) {
      body.write(page);
    }
  }

  /** The URL of the authorization request. */
  String authorizationUrl(String scope) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("response_type", "code");
    parameters.put("client_id", id);
    parameters.put("redirect_uri", redirectUri());
    parameters.put("scope", scope);
    parameters.put("resource", demo.endpoint());
    parameters.put("state", STATE);
    parameters.put("code_challenge", challenge());
    parameters.put("code_challenge_method", "S256");
    return metadata.get("authorization_endpoint").asText() + "?" + form(parameters);
  }

  String redirectUri() {
    return "http://127.0.0.1:" + listener.getAddress().getPort() + "/callback";
  }

  /** Waits for an authorization response and returns its parameters. */
  Map<String, String> awaitResponse() throws InterruptedException {
    String query = responses.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    assertThat(query).as("authorization response").isNotNull();
    return Arrays.stream(String.valueOf(query).split("&", -1))
        .map(parameter -> parameter.split("=", 2))
        .collect(
            Collectors.toMap(
                pair -> URLDecoder.decode(pair[0], UTF_8),
                pair -> URLDecoder.decode(pair[1], UTF_8)));
  }

  boolean hasResponse() {
    return !responses.isEmpty();
  }

  /** Redeems a code and returns the introspection response for the access token. */
  JsonNode introspectTokenFor(String code) throws IOException {
    Map<String, String> grant = new LinkedHashMap<>();
    grant.put("grant_type", "authorization_code");
    grant.put("client_id", id);
    grant.put("code", code);
    grant.put("redirect_uri", redirectUri());
    grant.put("code_verifier", VERIFIER);
    String token =
        post(
                metadata.get("token_endpoint").asText(),
                "application/x-www-form-urlencoded",
                form(grant))
            .get("access_token")
            .asText();
    return post(
        metadata.get("introspection_endpoint").asText(),
        "application/x-www-form-urlencoded",
        form(
            Map.of(
                "token", token,
                "client_id", "demo-resource-server",
                "client_secret", "demo-resource-server-secret")));
  }

  private JsonNode get(String uri) throws IOException {
    return send(HttpRequest.newBuilder(URI.create(uri)));
  }

  private JsonNode post(String uri, String type, String body) throws IOException {
    return send(
        HttpRequest.newBuilder(URI.create(uri))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofString(body)));
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException {
    try {
      var response = http.send(request.build(), BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isBetween(200, 201);
      return json.readTree(response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    }
  }

  private static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(
            field ->
                URLEncoder.encode(field.getKey(), UTF_8)
                    + "="
                    + URLEncoder.encode(field.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }

  private static String challenge() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform supports SHA-256", e);
    }
  }

  @Override
  public void close() {
    listener.stop(0);
  }
}
