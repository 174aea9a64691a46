package dev.gatehouse.internal.discovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.http.UnusableBodyException;
import dev.gatehouse.internal.syntax.StrictJson;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.Reason;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The metadata of an authorization server (RFC 8414 §3, then OpenID Connect Discovery §4). It is
 * fetched when first needed, so that the filter can start while that server is down. This class is
 * thread-safe.
 */
public final class ServerMetadata {

  /** RFC 8414 §2. */
  static final String INTROSPECTION_ENDPOINT = "introspection_endpoint";

  static final String JWKS_URI = "jwks_uri";

  /** RFC 8414 §3. */
  public static final String OAUTH = "/.well-known/oauth-authorization-server";

  private static final String OPENID = "/.well-known/openid-configuration";

  private final @Nullable String issuer;
  private final BoundedHttpClient http;
  private final SharedFetch<JsonNode> shared;

  /**
   * Creates metadata that has not been fetched.
   *
   * @param issuer null if it is unknown: then there is no metadata
   * @param clock never set back
   */
  public ServerMetadata(@Nullable String issuer, BoundedHttpClient http, InstantSource clock) {
    this.issuer = issuer;
    this.http = http;
    this.shared = new SharedFetch<>(this::fetch, document -> true, clock);
  }

  /** The metadata of the configured issuer; fetches it by the deadline if necessary. */
  public Attempt<JsonNode> resolve(Deadline deadline) {
    return shared.get(deadline);
  }

  /** Drops the stored metadata, so that the next use fetches it again; at most every 3 s. */
  public void invalidate() {
    shared.drop(document -> true);
  }

  /** Forgets a failed fetch, so that the next use fetches the metadata anew. */
  void forgetFailure() {
    shared.forgetFailure();
  }

  private Attempt<JsonNode> fetch(Deadline deadline) {
    if (issuer == null) {
      return Attempt.failed(
          Reason.AS_DISCOVERY, "issuer is not set, so there is no metadata to fetch");
    }
    List<String> problems = new ArrayList<>();
    @Nullable JsonNode incomplete = null;
    for (URI uri : uris(issuer)) {
      try {
        HTTPRequest request = new HTTPRequest(HTTPRequest.Method.GET, uri);
        request.setAccept("application/json");
        JsonNode found = metadata(request.send(http.within(deadline)), issuer, http.via(uri));
        if (found.has(INTROSPECTION_ENDPOINT)) {
          return new Attempt.Succeeded<>(found);
        }
        // A server that only issues JWTs needs no introspection endpoint.
        incomplete =
            incomplete == null || (!incomplete.has(JWKS_URI) && found.has(JWKS_URI))
                ? found
                : incomplete;
      } catch (UnusableResponseException e) {
        problems.add(uri + ": " + e.problem());
      } catch (UnusableBodyException e) {
        problems.add(uri + ": " + e.problem());
      } catch (IOException e) {
        // The other URI is on the same server: trying it would only double the wait.
        return new Attempt.Failed<>(ExchangeFailure.toResult(e, uri));
      }
    }
    return incomplete == null
        ? Attempt.failed(Reason.AS_DISCOVERY, String.join("; ", problems))
        : new Attempt.Succeeded<>(incomplete);
  }

  /** RFC 8414 §3.1 inserts the well-known part before the path, OpenID Connect appends it. */
  private static List<URI> uris(String issuer) {
    URI uri = URI.create(issuer);
    String path = uri.getRawPath();
    if (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    String origin = uri.getScheme() + "://" + uri.getRawAuthority();
    return List.of(URI.create(origin + OAUTH + path), URI.create(origin + path + OPENID));
  }

  private static JsonNode metadata(HTTPResponse response, String issuer, String via)
      throws UnusableResponseException {
    if (response.getStatusCode() != 200 || !BoundedHttpClient.isJson(response)) {
      throw new UnusableResponseException(
          "responded with " + response.getStatusCode() + via + ", not with JSON metadata");
    }
    JsonNode json = parse(response.getBody());
    if (!issuer.equals(json.path("issuer").textValue())) { // RFC 8414 §3.3: identical
      throw new UnusableResponseException(
          "its issuer differs from the setting; set issuer to exactly the value in the metadata");
    }
    return json;
  }

  private static JsonNode parse(String body) throws UnusableResponseException {
    try {
      return StrictJson.parse(body);
    } catch (JsonProcessingException e) {
      throw new UnusableResponseException("not strict JSON: " + StrictJson.describe(e));
    }
  }
}
