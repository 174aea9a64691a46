package dev.gatehouse.internal.clientauth;

import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import dev.gatehouse.internal.discovery.DiscoverableEndpoint;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.BearerToken;
import java.net.URI;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How this resource server authenticates at an authorization server (RFC 7662 §2.1).
 * Implementations are thread-safe, and their {@code toString} prints no secrets.
 */
public interface ClientAuthentication {

  /**
   * The authentication of one request.
   *
   * @param client client authentication (RFC 6749 §2.3); null if there is none
   * @param bearer our own access token instead; null if there is none
   * @param parameters further parameters of the request
   * @param source what this was created from; another object after a replacement
   */
  record Authentication(
      com.nimbusds.oauth2.sdk.auth.@Nullable ClientAuthentication client,
      @Nullable AccessToken bearer,
      Map<String, List<String>> parameters,
      Object source) {

    static Authentication of(
        com.nimbusds.oauth2.sdk.auth.@Nullable ClientAuthentication client, Object source) {
      return new Authentication(client, null, Map.of(), source);
    }

    static Authentication ofBearer(AccessToken bearer, Object source) {
      return new Authentication(null, bearer, Map.of(), source);
    }

    /** For servers that identify the client by {@code client_id} in the body. */
    Authentication withClientId(String clientId) {
      return new Authentication(client, bearer, Map.of("client_id", List.of(clientId)), source);
    }

    /**
     * Creates an introspection request with this authentication.
     *
     * @param added further parameters, none of which is ours
     */
    public TokenIntrospectionRequest introspect(
        URI endpoint, BearerToken token, Map<String, List<String>> added) {
      Map<String, List<String>> all = added.isEmpty() ? parameters : with(added);
      BearerAccessToken introspected = new BearerAccessToken(token.value());
      if (bearer != null) {
        return new TokenIntrospectionRequest(endpoint, bearer, introspected, all);
      }
      return client == null
          ? new TokenIntrospectionRequest(endpoint, introspected, all)
          : new TokenIntrospectionRequest(endpoint, client, introspected, all);
    }

    private Map<String, List<String>> with(Map<String, List<String>> added) {
      Map<String, List<String>> all = new LinkedHashMap<>(added);
      all.putAll(parameters);
      return all;
    }

    /** Prints no secret. */
    @Override
    public String toString() {
      return "Authentication";
    }
  }

  /** Creates an authentication that may send requests to its authorization server. */
  @FunctionalInterface
  interface Factory {
    /** Creates the authentication; the clock is never set back. */
    ClientAuthentication create(
        DiscoverableEndpoint tokenEndpoint, BoundedHttpClient http, InstantSource clock);
  }

  /**
   * Authenticates a request to this endpoint.
   *
   * @param deadline of any request that this takes
   */
  Attempt<Authentication> authenticate(URI endpoint, Deadline deadline);

  /** Forgets that what a request takes could not be fetched, so that the next use fetches anew. */
  default void forgetFailure() {}

  /**
   * Prepares a new authentication after the server refused one.
   *
   * @return whether a new authentication may succeed
   */
  default boolean renewAfter(Authentication refused) {
    return false;
  }
}
