package dev.gatehouse.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** A public MCP client: it registers itself and has no secret. */
final class PublicClient {

  private static final String REDIRECT_URI = "http://127.0.0.1:33418/callback";
  private static final String VERIFIER = "a-verifier-of-43-characters-or-more-0123456789";
  private static final Map<String, String> ALL_SCOPES = Map.of("scope", "notes:read notes:write");
  private static final String STATE = "state of the client";

  private final Map<String, Object> metadata;
  private final String resource;
  private final String id;

  private PublicClient(Map<String, Object> metadata, String resource, String id) {
    this.metadata = metadata;
    this.resource = resource;
    this.id = id;
  }

  /** The tokens from a login or a refresh. */
  record Tokens(String access, String refresh) {

    private static Tokens of(HttpResponse<String> response) {
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      Map<String, Object> members = Json.object(response.body());
      return new Tokens(
          Json.string(members, "access_token"), Json.string(members, "refresh_token"));
    }
  }

  /** Reads the authorization server metadata and registers at the endpoint that it names. */
  static PublicClient register(String issuer, String resource) {
    Map<String, Object> metadata =
        Json.object(TokenEndpoint.get(issuer + "/.well-known/oauth-authorization-server").body());
    assertThat(metadata).containsEntry("issuer", issuer);
    HttpResponse<String> response =
        TokenEndpoint.postJson(
            Json.string(metadata, "registration_endpoint"),
            """
            {"client_name":"A notebook reader","redirect_uris":["http://127.0.0.1/callback"],\
            "token_endpoint_auth_method":"none"}""");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    return new PublicClient(
        metadata, resource, Json.string(Json.object(response.body()), "client_id"));
  }

  /** Submits the login and consent pages for all scopes, and redeems the code. */
  Tokens logIn(Browser browser, String username) {
    HttpResponse<String> page = browser.open(authorization(ALL_SCOPES));
    return redeemAll(browser, browser.logIn(page, username, username + "-secret"));
  }

  /**
   * Submits only the consent page for all scopes, in a browser that is still logged in, and redeems
   * the code.
   */
  Tokens consent(Browser browser) {
    return redeemAll(browser, browser.open(authorization(ALL_SCOPES)));
  }

  private Tokens redeemAll(Browser browser, HttpResponse<String> consentPage) {
    assertThat(consentPage.body()).contains("read your notes", "write and delete notes for you");
    return redeem(browser, consentPage);
  }

  /** Submits the consent page and redeems the code. */
  Tokens redeem(Browser browser, HttpResponse<String> consentPage) {
    assertThat(consentPage.body()).contains("A notebook reader").contains(resource);
    Map<String, String> response = browser.approve(consentPage);
    assertThat(response)
        .containsEntry("state", STATE)
        .containsEntry("iss", Json.string(metadata, "issuer"));
    return Tokens.of(
        token(
            Map.of(
                "grant_type", "authorization_code",
                "code", response.getOrDefault("code", ""),
                "redirect_uri", REDIRECT_URI,
                "code_verifier", VERIFIER,
                "resource", resource)));
  }

  Tokens refresh(Tokens tokens) {
    return Tokens.of(refreshResponse(tokens));
  }

  HttpResponse<String> refreshResponse(Tokens tokens) {
    return token(Map.of("grant_type", "refresh_token", "refresh_token", tokens.refresh()));
  }

  int revoke(String token) {
    return TokenEndpoint.postForm(
            Json.string(metadata, "revocation_endpoint"), Map.of("client_id", id, "token", token))
        .statusCode();
  }

  private HttpResponse<String> token(Map<String, String> grant) {
    var form = new LinkedHashMap<>(grant);
    form.put("client_id", id);
    return TokenEndpoint.postForm(Json.string(metadata, "token_endpoint"), form);
  }

  /**
   * The URI of an authorization request.
   *
   * @param parameters at least {@code scope}
   */
  URI authorization(Map<String, String> parameters) {
    return authorization(
        Json.string(metadata, "authorization_endpoint"), id, REDIRECT_URI, resource, parameters);
  }

  /** The URI of an authorization request for all scopes. */
  static URI authorization(String endpoint, String id, String redirectUri, String resource) {
    return authorization(endpoint, id, redirectUri, resource, ALL_SCOPES);
  }

  private static URI authorization(
      String endpoint,
      String id,
      String redirectUri,
      String resource,
      Map<String, String> parameters) {
    var all = new LinkedHashMap<>(parameters);
    all.put("response_type", "code");
    all.put("client_id", id);
    all.put("redirect_uri", redirectUri);
    all.put("resource", resource);
    all.put("state", STATE);
    all.put("code_challenge", challenge());
    all.put("code_challenge_method", "S256");
    return URI.create(endpoint + "?" + Browser.form(all));
  }

  private static String challenge() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(VERIFIER.getBytes(US_ASCII));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform supports SHA-256", e);
    }
  }
}
