package dev.gatehouse;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Where the introspection endpoint is: given, or read from the authorization server's metadata (RFC
 * 8414 §3, then OpenID Connect Discovery §4) when it is first needed, so that the filter can start
 * while that server is down.
 *
 * <p>One request at a time looks; others wait for what it finds. A failure is shared with those and
 * then forgotten.
 */
final class EndpointDiscovery {

  /** What looking has yielded. */
  sealed interface Outcome {}

  /** Here it is. */
  record Found(URI endpoint) implements Outcome {}

  /** It could not be found this time. */
  record Missing(Verdict.Unavailable verdict) implements Outcome {}

  private static final String OAUTH = "/.well-known/oauth-authorization-server";
  private static final String OPENID = "/.well-known/openid-configuration";

  private final @Nullable Found given;
  private final @Nullable String issuer;
  private final boolean insecureHttpAllowed;
  private final BoundedHttpClient http;
  private final AtomicReference<@Nullable CompletableFuture<Outcome>> shared =
      new AtomicReference<>();

  EndpointDiscovery(Settings settings, BoundedHttpClient http) {
    URI endpoint = settings.introspectionEndpoint;
    this.given = endpoint == null ? null : new Found(endpoint);
    this.issuer = settings.issuer;
    this.insecureHttpAllowed = settings.allowInsecureHttp;
    this.http = http;
  }

  /** The endpoint; waits at most as long as fetching the metadata may take. */
  Outcome find() {
    if (given != null) {
      return given;
    }
    CompletableFuture<Outcome> mine = new CompletableFuture<>();
    CompletableFuture<Outcome> first = shared.compareAndExchange(null, mine);
    if (first != null) {
      return first.join(); // bounded by the time limits of whoever looks
    }
    Outcome outcome = missing(Reason.AS_DISCOVERY, "looking was broken off");
    try {
      outcome = look();
    } finally {
      if (outcome instanceof Missing) {
        shared.set(null);
      }
      mine.complete(outcome);
    }
    return outcome;
  }

  /** What was found is no longer there: look again next time. */
  void forget() {
    shared.set(null);
  }

  private Outcome look() {
    List<String> findings = new ArrayList<>();
    for (URI place : places(requireNonNull(issuer, "neither issuer nor endpoint is set"))) {
      try {
        HTTPRequest request = new HTTPRequest(HTTPRequest.Method.GET, place);
        request.setAccept("application/json");
        return new Found(endpointIn(request.send(http)));
      } catch (UnusableAnswerException e) {
        findings.add(place + ": " + e.finding());
      } catch (OversizedAnswerException e) {
        findings.add(place + ": " + e);
      } catch (IOException e) {
        // The other place is on the same server: asking there would only double the wait.
        return missing(
            BoundedHttpClient.isTimeout(e) ? Reason.AS_TIMEOUT : Reason.AS_UNREACHABLE,
            place + ": " + e);
      }
    }
    return missing(Reason.AS_DISCOVERY, String.join("; ", findings));
  }

  private static Missing missing(Reason reason, String detail) {
    return new Missing(Verdict.Unavailable.because(reason, detail));
  }

  /** RFC 8414 §3.1 inserts the well-known part before the path, OpenID Connect appends it. */
  private static List<URI> places(String issuer) {
    URI uri = URI.create(issuer);
    String path = withoutTrailingSlash(uri.getRawPath());
    String origin = uri.getScheme() + "://" + uri.getRawAuthority();
    return List.of(URI.create(origin + OAUTH + path), URI.create(origin + path + OPENID));
  }

  private static String withoutTrailingSlash(String path) {
    return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private URI endpointIn(HTTPResponse response) throws UnusableAnswerException {
    if (response.getStatusCode() != 200 || !BoundedHttpClient.isJson(response)) {
      throw new UnusableAnswerException(
          "answered " + response.getStatusCode() + ", which is no metadata");
    }
    JsonNode metadata = parse(response.getBody());
    String named = metadata.path("issuer").textValue();
    if (!requireNonNull(issuer).equals(named)) { // RFC 8414 §3.3: identical, to the slash
      throw new UnusableAnswerException(
          "its issuer is not the configured one, to the letter; set issuer to what it says");
    }
    String endpoint = metadata.path("introspection_endpoint").textValue();
    if (endpoint == null) {
      throw new UnusableAnswerException(
          "names no introspection_endpoint; set introspection-endpoint, if the server has one");
    }
    try {
      return ServerUri.parse(endpoint, insecureHttpAllowed);
    } catch (IllegalArgumentException e) {
      throw new UnusableAnswerException("its introspection_endpoint " + e.getMessage());
    }
  }

  private static JsonNode parse(String body) throws UnusableAnswerException {
    try {
      return StrictJson.parse(body);
    } catch (JsonProcessingException e) {
      throw new UnusableAnswerException("not strict JSON: " + StrictJson.describe(e));
    }
  }
}
