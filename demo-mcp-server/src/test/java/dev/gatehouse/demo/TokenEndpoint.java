package dev.gatehouse.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;

/** The authorization server as the demo's client sees it: plain HTTP, no library of ours. */
final class TokenEndpoint {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final URI tokenEndpoint;
  private final URI revocationEndpoint;

  TokenEndpoint(String tokenEndpoint, String revocationEndpoint) {
    this.tokenEndpoint = URI.create(tokenEndpoint);
    this.revocationEndpoint = URI.create(revocationEndpoint);
  }

  static TokenEndpoint of(String issuer) {
    return new TokenEndpoint(issuer + "/oauth/token", issuer + "/oauth/revoke");
  }

  String token(String scope, String resource) {
    HttpResponse<String> answer =
        post(
            tokenEndpoint,
            EmbeddedAuthorizationServer.CLIENT_ID,
            EmbeddedAuthorizationServer.CLIENT_SECRET,
            Map.of("grant_type", "client_credentials", "scope", scope, "resource", resource));
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer + " " + answer.body());
    }
    return Json.string(Json.object(answer.body()), "access_token");
  }

  int revoke(String token) {
    return post(
            revocationEndpoint,
            EmbeddedAuthorizationServer.CLIENT_ID,
            EmbeddedAuthorizationServer.CLIENT_SECRET,
            Map.of("token", token))
        .statusCode();
  }

  static HttpResponse<String> get(String uri) {
    return send(HttpRequest.newBuilder(URI.create(uri)).build());
  }

  /** What a client that has no grant is answered. */
  static int tokenStatus(String tokenEndpoint, String clientId, String secret) {
    return post(
            URI.create(tokenEndpoint), clientId, secret, Map.of("grant_type", "client_credentials"))
        .statusCode();
  }

  private static HttpResponse<String> post(
      URI endpoint, String clientId, String secret, Map<String, String> form) {
    String credentials = clientId + ":" + secret;
    String body =
        form.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), UTF_8))
            .collect(Collectors.joining("&"));
    return send(
        HttpRequest.newBuilder(endpoint)
            .header(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body))
            .build());
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try {
      return HTTP.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
