package dev.gatehouse;

import dev.gatehouse.internal.syntax.Scopes;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an {@link AccessTokenVerifier} says about a token: active with its claims, inactive, or
 * unavailable.
 *
 * <pre>
 * TokenOutcome.activeForUser("alice").withScopes("notes:read").withExpiry(expiry)
 * </pre>
 *
 * <p>This class is immutable; each {@code with} method returns a new outcome.
 */
public final class TokenOutcome {

  /** Claims that have methods of their own, or a meaning only in tokens of a server. */
  private static final Set<String> RESERVED =
      Set.of(
          "active",
          "aud",
          "client_id",
          "cnf",
          "exp",
          "iss",
          "nbf",
          "scope",
          "sub",
          "token_type",
          "token_use",
          "typ");

  private enum State {
    ACTIVE,
    INACTIVE,
    UNAVAILABLE
  }

  private static final TokenOutcome INACTIVE = new TokenOutcome(State.INACTIVE, Map.of());
  private static final TokenOutcome UNAVAILABLE = new TokenOutcome(State.UNAVAILABLE, Map.of());

  private final State state;

  /** The claims by name, as in an introspection response, but {@code scope} is a set. */
  private final Map<String, Object> claims;

  private TokenOutcome(State state, Map<String, Object> claims) {
    this.state = state;
    this.claims = claims;
  }

  /**
   * The token is unknown, revoked or expired: the request gets 401.
   *
   * @return the outcome
   */
  public static TokenOutcome inactive() {
    return INACTIVE;
  }

  /**
   * The token can't be verified now, for example because a database is down: the request gets 503.
   *
   * @return the outcome
   */
  public static TokenOutcome unavailable() {
    return UNAVAILABLE;
  }

  /**
   * The token is active and belongs to a user, whom {@link AuthInfo#userId()} will name.
   *
   * @param userId the id of the user, unique among all tokens of this verifier
   * @return the outcome, without scopes and without an expiry
   * @throws IllegalArgumentException if it is empty or has a control character
   */
  public static TokenOutcome activeForUser(String userId) {
    return new TokenOutcome(State.ACTIVE, Map.of("sub", name(userId)));
  }

  /**
   * The token is active and belongs to a client that acts on its own behalf, such as a program.
   *
   * @param clientId the id of the client, for {@link AuthInfo#clientId()}
   * @return the outcome, without scopes and without an expiry
   * @throws IllegalArgumentException if it is empty or has a control character
   */
  public static TokenOutcome activeForClient(String clientId) {
    return new TokenOutcome(State.ACTIVE, Map.of("client_id", name(clientId)));
  }

  /**
   * Adds the client that uses the token of a user.
   *
   * @param clientId the id of the client, for {@link AuthInfo#clientId()}
   * @return the changed outcome
   * @throws IllegalArgumentException if it is empty or has a control character
   * @throws IllegalStateException if this outcome is not active
   */
  public TokenOutcome withClient(String clientId) {
    return with("client_id", name(clientId));
  }

  /**
   * Sets the scopes of the token.
   *
   * @param scopes none, one or several; each may also be a list of scopes with spaces between
   * @return the changed outcome
   * @throws IllegalArgumentException if one has a character that a scope can't have (RFC 6749 §3.3)
   * @throws IllegalStateException if this outcome is not active
   */
  public TokenOutcome withScopes(String... scopes) {
    List<String> all =
        Arrays.stream(scopes)
            .flatMap(list -> Arrays.stream(list.split(" ", -1)))
            .filter(scope -> !scope.isEmpty())
            .toList();
    for (String scope : all) {
      if (!Scopes.isScopeToken(scope)) {
        throw new IllegalArgumentException("not a scope as in RFC 6749 §3.3");
      }
    }
    return with("scope", Set.copyOf(all));
  }

  /**
   * Sets the time at which the token expires. The filter refuses it from then on.
   *
   * @param expiry the time, in whole seconds
   * @return the changed outcome
   * @throws IllegalStateException if this outcome is not active
   */
  public TokenOutcome withExpiry(Instant expiry) {
    return with("exp", Math.min(Math.max(expiry.getEpochSecond(), 0), TokenClaims.NEVER));
  }

  /**
   * Adds a claim for {@link AuthInfo#claims()}, such as {@code auth_time}, {@code acr} or {@code
   * jti}.
   *
   * @param name its name; not one of {@code sub}, {@code client_id}, {@code scope} and {@code exp},
   *     which have methods of their own, nor of {@code iss}, {@code aud}, {@code nbf}, {@code cnf},
   *     {@code active}, {@code typ}, {@code token_type} and {@code token_use}
   * @param value a string, number or boolean, or a collection of such, or a map of such by name
   * @return the changed outcome
   * @throws IllegalArgumentException if name or value is none of these
   * @throws IllegalStateException if this outcome is not active
   */
  public TokenOutcome withClaim(String name, Object value) {
    if (RESERVED.contains(name)) {
      throw new IllegalArgumentException("the claim " + name + " can't be set like this");
    }
    return with(name, copy(value));
  }

  private TokenOutcome with(String name, Object value) {
    if (state != State.ACTIVE) {
      throw new IllegalStateException("only an active token has claims");
    }
    Map<String, Object> more = new LinkedHashMap<>(claims);
    more.put(name, value);
    return new TokenOutcome(state, Collections.unmodifiableMap(more));
  }

  private static String name(String text) {
    if (text.isEmpty() || text.codePoints().anyMatch(TokenOutcome::isUnsafe)) {
      throw new IllegalArgumentException("empty, or with a character that no text may have");
    }
    return text;
  }

  /** It could forge a line of a log, or make two names equal in UTF-8. */
  private static boolean isUnsafe(int codePoint) {
    return Character.isISOControl(codePoint) || Character.getType(codePoint) == Character.SURROGATE;
  }

  private static Object copy(Object value) {
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof Collection<?> list) {
      List<Object> copy = new ArrayList<>();
      list.forEach(member -> copy.add(copy(Objects.requireNonNull(member))));
      return Collections.unmodifiableList(copy);
    }
    if (value instanceof Map<?, ?> object) {
      Map<String, Object> copy = new LinkedHashMap<>();
      object.forEach(
          (name, member) -> copy.put(String.valueOf(name), copy(Objects.requireNonNull(member))));
      return Collections.unmodifiableMap(copy);
    }
    throw new IllegalArgumentException(
        "a claim is no " + value.getClass().getName() + "; use what JSON has");
  }

  /** The same as a result of the filter. */
  VerificationResult toResult(TrustedServer server) {
    return switch (state) {
      case ACTIVE -> new VerificationResult.Active(toClaims(), server);
      case INACTIVE ->
          new VerificationResult.Inactive(
              Reason.INACTIVE, "custom verifier " + server.name() + " returned inactive()");
      case UNAVAILABLE ->
          new VerificationResult.Unavailable(
              Reason.VERIFIER,
              "custom verifier " + server.name() + " returned unavailable()",
              VerificationResult.Unavailable.RETRY_AFTER,
              true);
    };
  }

  private TokenClaims toClaims() {
    Map<String, Object> all = new LinkedHashMap<>(claims);
    Set<String> scopes = scopes();
    all.computeIfPresent("scope", (name, set) -> String.join(" ", scopes));
    return new TokenClaims(
        text("sub"),
        new TokenClaims.Terms(
            text("client_id"), null, List.of(), scopes, "Bearer", null, null, false, false),
        claims.get("exp") instanceof Long end ? end : TokenClaims.NEVER,
        0,
        Collections.unmodifiableMap(all));
  }

  private @Nullable String text(String name) {
    return claims.get(name) instanceof String text ? text : null;
  }

  private Set<String> scopes() {
    Set<String> scopes = new HashSet<>();
    if (claims.get("scope") instanceof Set<?> set) {
      set.forEach(scope -> scopes.add((String) scope));
    }
    return Set.copyOf(scopes);
  }

  /** Leaves out the claims, which may be personal data. */
  @Override
  public String toString() {
    return "TokenOutcome[" + state.name().toLowerCase(Locale.ROOT) + "]";
  }
}
