package dev.gatehouse.internal.introspection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Interner;
import dev.gatehouse.internal.discovery.UnusableResponseException;
import dev.gatehouse.internal.syntax.Scopes;
import dev.gatehouse.internal.syntax.StrictJson;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TokenClaims.Terms;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parses the body of a 200 of the introspection endpoint, strictly:
 *
 * <pre>
 * {"active":true,"sub":"alice","client_id":"app","scope":"notes:read","exp":1795220542,
 *  "aud":"https://mcp.example/mcp","iss":"https://as.example","token_type":"Bearer"}
 * </pre>
 *
 * <p>A malformed member makes the response unusable. Treating it as absent, as Nimbus does, would
 * turn a malformed {@code exp} into "never expires". A member that is null is absent, and so is an
 * empty {@code sub}.
 */
final class IntrospectionResponseReader {

  /** The end of the year 9999; a later time is an error, such as milliseconds. */
  private static final long LATEST_SECOND = 253_402_300_799L;

  /** The beginning of the year 1; an earlier time means the same. */
  private static final double EARLIEST_SECOND = -62_135_596_800.0;

  /** Members that are equal in many tokens; the cache contains each value once. */
  private static final Set<String> INTERNED =
      Set.of("iss", "aud", "client_id", "azp", "scope", "token_type", "typ", "token_use");

  /** Members that are checked; without one of them, the response would mean something else. */
  private static final Set<String> CHECKED =
      Set.of("sub", "client_id", "iss", "aud", "scope", "token_type", "typ", "token_use");

  /** Far more than any client needs. Each request compares them, and refusals look them up. */
  private static final int MAX_AUDIENCE = 100;

  private static final int MAX_SCOPES = 500;

  private static final Interner<Object> SHARED = Interner.newWeakInterner();

  private IntrospectionResponseReader() {}

  /**
   * Members that only tokens of users have, or that say how a user logged in. Keycloak without its
   * scope {@code basic} sends such members, but no {@code sub}.
   */
  private static final List<String> SIGNS_OF_A_USER =
      List.of(
          "username", // RFC 7662 §2.2
          "preferred_username", // OpenID Connect Core §5.1, and the following
          "name",
          "given_name",
          "family_name",
          "nickname",
          "email",
          "email_verified",
          "phone_number",
          "auth_time", // OpenID Connect Core §2, and the following
          "nonce",
          "acr",
          "amr",
          "sid", // OpenID Connect Front-Channel Logout §3
          "session_state",
          "user_id", // not registered, but used by several servers
          "user_name",
          "uid",
          "upn",
          "oid",
          "login");

  /**
   * Parses a response.
   *
   * @param token the introspected token; members that repeat it are left out of the claims
   * @return empty if the token is not active
   * @throws UnusableResponseException if the response is malformed
   */
  static Optional<TokenClaims> read(String body, BearerToken token)
      throws UnusableResponseException {
    JsonNode json = parse(body);
    JsonNode active = json.get("active");
    if (active == null || !active.isBoolean()) {
      throw new UnusableResponseException("active: missing or not a boolean"); // RFC 7662 §2.2
    }
    removeAbsentMembers(json);
    return active.booleanValue() ? Optional.of(claims(json, token)) : Optional.empty();
  }

  /** Servers write null, or an empty {@code sub}, where they have nothing to say. */
  private static void removeAbsentMembers(JsonNode json) {
    json.properties()
        .removeIf(
            member ->
                member.getValue().isNull()
                    || (member.getKey().equals("sub") && "".equals(member.getValue().textValue())));
  }

  private static JsonNode parse(String body) throws UnusableResponseException {
    try {
      JsonNode json = StrictJson.parse(body);
      if (json.isObject()) {
        return json;
      }
      throw new UnusableResponseException("not a JSON object");
    } catch (JsonProcessingException e) {
      throw new UnusableResponseException("not strict JSON: " + StrictJson.describe(e));
    }
  }

  private static TokenClaims claims(JsonNode json, BearerToken token)
      throws UnusableResponseException {
    long end = time(json, "exp", TokenClaims.NEVER);
    long start = time(json, "nbf", 0);
    time(json, "iat", 0); // not used, but a server that garbles one time garbles others
    boolean bound = json.has("cnf");
    boolean signOfUser = SIGNS_OF_A_USER.stream().anyMatch(json::has); // also if it is removed now
    for (String name : TokenScrubber.removeFrom(json, token)) {
      if (CHECKED.contains(name)) {
        throw new UnusableResponseException(name + ": repeats the token");
      }
    }
    Terms terms =
        new Terms(
            sharedText(json, "client_id"),
            sharedText(json, "iss"),
            audience(json),
            scopes(json),
            sharedText(json, "token_type"),
            sharedText(json, "typ"),
            sharedText(json, "token_use"),
            bound,
            signOfUser);
    return new TokenClaims(
        text(json, "sub"),
        shared(terms),
        end,
        start,
        StrictJson.readOnlyMap(json, IntrospectionResponseReader::interned));
  }

  private static @Nullable Object interned(String name, @Nullable Object value) {
    return value != null && INTERNED.contains(name) ? shared(value) : value;
  }

  /** Returns the same object for equal values. */
  @SuppressWarnings("unchecked") // equal values of these few immutable kinds are interchangeable
  private static <T> T shared(T value) {
    return (T) SHARED.intern(value);
  }

  private static @Nullable String sharedText(JsonNode json, String name)
      throws UnusableResponseException {
    String text = text(json, name);
    return text == null ? null : shared(text);
  }

  private static @Nullable String text(JsonNode json, String name)
      throws UnusableResponseException {
    JsonNode value = json.get(name);
    return value == null ? null : nonEmptyText(value, name);
  }

  private static String nonEmptyText(JsonNode value, String name) throws UnusableResponseException {
    String text = value.textValue();
    if (text == null || text.isEmpty()) {
      throw new UnusableResponseException(name + ": not a string, or empty");
    }
    // A line break in a name could forge a line of a log.
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      if (Character.isISOControl(codePoint)) {
        throw new UnusableResponseException(name + ": has a control character");
      }
      // RFC 8259 §8.2: UTF-8 can't express it, and names that differ in it would become equal.
      if (Character.getType(codePoint) == Character.SURROGATE) {
        throw new UnusableResponseException(name + ": has an unpaired surrogate");
      }
      i += Character.charCount(codePoint);
    }
    return text;
  }

  /** RFC 7519 §2: a number of seconds; a fraction is cut off. */
  private static long time(JsonNode json, String name, long absent)
      throws UnusableResponseException {
    JsonNode value = json.get(name);
    if (value == null) {
      return absent;
    }
    double seconds = value.isNumber() ? value.doubleValue() : Double.NaN;
    if (!(seconds <= LATEST_SECOND)) {
      throw new UnusableResponseException(
          name + ": not a number of seconds, or after the year 9999");
    }
    return (long) Math.max(seconds, EARLIEST_SECOND);
  }

  private static List<String> audience(JsonNode json) throws UnusableResponseException {
    JsonNode value = json.get("aud");
    if (value == null) {
      return List.of();
    }
    List<String> audience = new ArrayList<>();
    for (JsonNode member : value.isArray() ? value : List.of(value)) {
      audience.add(nonEmptyText(member, "aud"));
      throwIfOver(MAX_AUDIENCE, audience, "aud");
    }
    return List.copyOf(audience);
  }

  private static Set<String> scopes(JsonNode json) throws UnusableResponseException {
    JsonNode value = json.get("scope");
    if (value == null) {
      return Set.of();
    }
    Set<String> scopes = new LinkedHashSet<>();
    if (value.isArray()) {
      for (JsonNode member : value) {
        scopes.add(scope(nonEmptyText(member, "scope")));
        throwIfOver(MAX_SCOPES, scopes, "scope");
      }
    } else if (value.isTextual()) {
      for (String token : value.textValue().split(" ", -1)) {
        if (!token.isEmpty()) {
          scopes.add(scope(token));
          throwIfOver(MAX_SCOPES, scopes, "scope");
        }
      }
    } else {
      throw new UnusableResponseException("scope: neither a string nor an array of strings");
    }
    return Set.copyOf(scopes);
  }

  private static void throwIfOver(int max, Collection<String> values, String name)
      throws UnusableResponseException {
    if (values.size() > max) {
      throw new UnusableResponseException(name + ": has more than " + max + " values");
    }
  }

  private static String scope(String text) throws UnusableResponseException {
    if (!Scopes.isScopeToken(text)) {
      throw new UnusableResponseException(
          "scope: has a character that RFC 6749 §3.3 does not allow");
    }
    return text;
  }
}
