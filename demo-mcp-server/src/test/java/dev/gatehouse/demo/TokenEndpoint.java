package dev.gatehouse.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.Map;

/** A plain HTTP client of the authorization server's endpoints. */
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
    HttpResponse<String> response =
        post(
            tokenEndpoint,
            EmbeddedAuthorizationServer.CLIENT_ID,
            EmbeddedAuthorizationServer.CLIENT_SECRET,
            Map.of("grant_type", "client_credentials", "scope", scope, "resource", resource));
    if (response.statusCode() != 200) {
      throw new AssertionError(response + " " + response.body());
    }
    return Json.string(Json.object(response.body()), "access_token");
  }

  int revoke(String token) {
    return post(
            revocationEndpoint,
            EmbeddedAuthorizationServer.CLIENT_ID,
            EmbeddedAuthorizationServer.CLIENT_SECRET,
            Map.of("token", token))
        .statusCode();
  }

  /** Whether introspection by the demo's resource server reports the token as active. */
  static boolean isActive(String issuer, String token) {
    HttpResponse<String> response =
        post(
            URI.create(issuer + "/oauth/introspect"),
            EmbeddedAuthorizationServer.RESOURCE_SERVER_ID,
            EmbeddedAuthorizationServer.RESOURCE_SERVER_SECRET,
            Map.of("token", token));
    if (response.statusCode() != 200) {
      throw new AssertionError(response + " " + response.body());
    }
    return Boolean.TRUE.equals(Json.object(response.body()).get("active"));
  }

  static HttpResponse<String> get(String uri) {
    return send(HttpRequest.newBuilder(URI.create(uri)).build());
  }

  /** The status of a client credentials request by this client. */
  static int tokenStatus(String tokenEndpoint, String clientId, String secret) {
    return post(
            URI.create(tokenEndpoint), clientId, secret, Map.of("grant_type", "client_credentials"))
        .statusCode();
  }

  private static HttpResponse<String> post(
      URI endpoint, String clientId, String secret, Map<String, String> form) {
    String credentials = clientId + ":" + secret;
    return send(
        HttpRequest.newBuilder(endpoint)
            .header(
                "Authorization",
                "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(Browser.form(form)))
            .build());
  }

  /** Posts a form without an Authorization header, as a public client does. */
  static HttpResponse<String> postForm(String endpoint, Map<String, String> form) {
    return post(endpoint, "application/x-www-form-urlencoded", Browser.form(form));
  }

  static HttpResponse<String> postJson(String endpoint, String json) {
    return post(endpoint, "application/json", json);
  }

  private static HttpResponse<String> post(String endpoint, String type, String body) {
    return send(
        HttpRequest.newBuilder(URI.create(endpoint))
            .header("Content-Type", type)
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
