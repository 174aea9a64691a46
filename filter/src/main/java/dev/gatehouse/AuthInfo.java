package dev.gatehouse;

import dev.gatehouse.internal.token.LogText;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import io.modelcontextprotocol.common.McpTransportContext;
import jakarta.servlet.ServletRequest;
import java.security.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The authenticated caller of a request: the claims of its access token, as the authorization
 * server's introspection response states them (RFC 7662 §2.2).
 *
 * <p>Only the filter creates instances, after the token has passed every check. So an instance is
 * proof that the request was admitted. It does not contain the token. This class is immutable and
 * thread-safe.
 */
public final class AuthInfo implements Principal {

  /** On whose behalf a request is made. */
  public enum Caller {
    /** A user, whom {@link AuthInfo#userId()} identifies, authorized the client. */
    USER,
    /** A client acts on its own behalf; {@link AuthInfo#clientId()} identifies it. */
    CLIENT,
    /**
     * The token does not identify its caller: it has neither {@code sub} nor {@code client_id}, or
     * no {@code sub} although it seems to be a user's. Give such a caller nothing that belongs to
     * anyone.
     */
    UNKNOWN
  }

  /** Name of the request attribute that holds the caller: {@value}. */
  public static final String ATTRIBUTE = "dev.gatehouse.AuthInfo";

  private static final String USER_NAME = "user:";
  private static final String CLIENT_NAME = "client:";
  private static final String UNKNOWN_NAME = "unknown:";
  private static final List<String> RESERVED_NAMES = List.of(USER_NAME, CLIENT_NAME, UNKNOWN_NAME);

  private final VerificationResult.Active result;
  private final TokenClaims claims;
  private final Set<String> scopes;
  private final StepUp stepUp;

  /** The name of a caller that the token does not identify; computed when it is needed. */
  private @Nullable String uniqueName;

  /** Called only by {@link Authorizer}, after the last check. */
  AuthInfo(VerificationResult.Active result, Set<String> effectiveScopes, StepUp stepUp) {
    this.result = result;
    this.claims = result.claims();
    this.scopes = effectiveScopes;
    this.stepUp = stepUp;
  }

  /**
   * Returns the caller of a request.
   *
   * @param request a request that the filter has admitted
   * @return the caller
   * @throws IllegalStateException if the filter has not admitted this request, for example because
   *     it is not mapped to this servlet
   */
  public static AuthInfo from(ServletRequest request) {
    return requireAuthInfo(
        request.getAttribute(ATTRIBUTE), "map the filter to this servlet, by servlet name");
  }

  /**
   * Returns the caller of an MCP tool, prompt or resource.
   *
   * @param context {@code exchange.transportContext()} of the MCP Java SDK
   * @return the caller
   * @throws IllegalStateException if the context has no caller: the MCP transport was built without
   *     {@link AuthInfoContextExtractor}, or the filter is not mapped to its servlet
   */
  public static AuthInfo from(McpTransportContext context) {
    return requireAuthInfo(
        context.get(ATTRIBUTE),
        "build the MCP transport with contextExtractor(new AuthInfoContextExtractor()) and map the"
            + " filter to its servlet");
  }

  private static AuthInfo requireAuthInfo(@Nullable Object attribute, String cure) {
    if (attribute instanceof AuthInfo info) {
      return info;
    }
    throw new IllegalStateException(
        "no AuthInfo: McpAuthFilter did not admit this request; " + cure);
  }

  /**
   * Tells on whose behalf the request is made. Decide by this what belongs to the caller, and not
   * by the absence of {@link #userId()}.
   *
   * @return {@link Caller#USER} if the token has a {@code sub} that is not its client's id; {@link
   *     Caller#CLIENT} if it is (RFC 9068 §2.2), or if there is no {@code sub} and no sign of a
   *     user such as {@code username}, {@code sid} or {@code auth_time}; otherwise {@link
   *     Caller#UNKNOWN}
   */
  public Caller caller() {
    if (claims.isOfClientItself()) {
      return Caller.CLIENT;
    }
    return claims.subject() == null ? Caller.UNKNOWN : Caller.USER;
  }

  /**
   * Returns the user who authorized the token: the {@code sub} claim, never a substitute for it.
   *
   * <p>If a client acts on its own behalf (client credentials), authorization servers send no
   * {@code sub}, the client's own id, or the id of a service account. If there is none although a
   * user authorized the token, {@link #caller()} is {@link Caller#UNKNOWN}.
   *
   * @return the {@code sub}; empty if the response has none
   */
  public Optional<String> userId() {
    return Optional.ofNullable(claims.subject());
  }

  /**
   * Returns the client that the token was issued to.
   *
   * @return the {@code client_id}; empty if the response has none
   */
  public Optional<String> clientId() {
    return Optional.ofNullable(claims.clientId());
  }

  /**
   * Returns the effective scopes of the token: those in the response, and those that they imply
   * according to the {@code scope-implies} setting, without those that the {@code allowed-scopes}
   * of the authorization server leave out.
   *
   * @return an unmodifiable set; empty if the token has no scopes
   */
  public Set<String> scopes() {
    return scopes;
  }

  /**
   * Tells whether the token has a scope.
   *
   * @param scope one scope; compared exactly
   * @return true if {@link #scopes()} contains it
   */
  public boolean hasScope(String scope) {
    return scopes.contains(scope);
  }

  /**
   * Requires a scope. In a handler of the MCP Java SDK, wrap the handler with {@link ScopeChecked},
   * so that the client learns which scope to request.
   *
   * @param scope one scope; compared exactly
   * @throws InsufficientScopeException if {@link #scopes()} does not contain it
   * @throws IllegalArgumentException if it is not a scope (RFC 6749 §3.3), for example two of them
   */
  public void requireScope(String scope) {
    stepUp.require(this, List.of(scope));
  }

  /**
   * Requires several scopes, as {@link #requireScope} does, and names all of them to a client that
   * lacks one.
   *
   * @param allOf the scopes, at least one
   * @throws InsufficientScopeException if {@link #scopes()} does not contain all of them
   * @throws IllegalArgumentException if there is none, or one is not a scope (RFC 6749 §3.3)
   */
  public void requireScopes(String... allOf) {
    stepUp.require(this, List.of(allOf));
  }

  /**
   * Returns the expiry time of the token.
   *
   * @return the {@code exp}; empty if the response has none
   */
  public Optional<Instant> expiresAt() {
    return Optional.ofNullable(claims.expiresAt());
  }

  /**
   * Returns the authorization server that issued the token.
   *
   * @return its issuer identifier, from the settings or else the {@code iss} of the response; empty
   *     if neither names one
   */
  public Optional<String> issuer() {
    return Optional.ofNullable(server().issuer() == null ? claims.issuer() : server().issuer());
  }

  /**
   * Returns the resources that the token is intended for.
   *
   * @return the {@code aud}; empty if the response has none and the token was admitted by the
   *     {@code audience-alternative} setting
   */
  public List<String> audience() {
    return claims.audience();
  }

  /**
   * Returns all members of the introspection response, except those that repeat the token.
   *
   * @return a map that is unmodifiable at every depth; its values are strings, numbers, booleans,
   *     lists, maps and nulls, as in the JSON
   */
  public Map<String, Object> claims() {
    return claims.claims();
  }

  /**
   * Returns a name for logs and for {@code getUserPrincipal()}.
   *
   * <p>No two callers have the same name: a user's id that begins like one of the other names is
   * written after {@code user:}.
   *
   * @return the {@link #userId()} of a user; {@code client:} and the {@link #clientId()} of a
   *     client that acts on its own behalf; for an unknown caller, {@code unknown:} and a text that
   *     no other request has. If several authorization servers are configured, the name begins with
   *     the issuer and {@code #}
   */
  @Override
  public String getName() {
    String name =
        switch (caller()) {
          case USER -> userName();
          case CLIENT -> CLIENT_NAME + claims.clientId();
          case UNKNOWN -> uniqueName();
        };
    // RFC 8414 §2: an issuer has no fragment, so no name of one issuer equals one of another.
    return server().oneOfSeveral() ? server().issuer() + "#" + name : name;
  }

  TokenClaims tokenClaims() {
    return claims;
  }

  /** The result with which the token was admitted. */
  VerificationResult.Active result() {
    return result;
  }

  TrustedServer server() {
    return result.server();
  }

  private String userName() {
    String id = String.valueOf(claims.subject());
    return RESERVED_NAMES.stream().anyMatch(id::startsWith) ? USER_NAME + id : id;
  }

  /** Not derived from the token: nothing may be stored under this name and found again. */
  private synchronized String uniqueName() {
    if (uniqueName == null) {
      uniqueName = UNKNOWN_NAME + UUID.randomUUID();
    }
    return uniqueName;
  }

  private static String logged(@Nullable String claim) {
    return claim == null ? "null" : LogText.word(claim);
  }

  /** Leaves out the other claims, which may be personal data; safe to log. */
  @Override
  public String toString() {
    return "AuthInfo[userId=%s, clientId=%s, scopes=%s]"
        .formatted(logged(claims.subject()), logged(claims.clientId()), LogText.list(scopes));
  }
}
