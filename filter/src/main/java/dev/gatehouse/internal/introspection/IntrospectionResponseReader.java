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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a 200 from the introspection endpoint, strictly where it decides:
 *
 * <pre>
 * {"active":true,"sub":"alice","client_id":"app","scope":"notes:read","exp":1795220542,
 *  "aud":"https://mcp.example/mcp","iss":"https://as.example","token_type":"Bearer"}
 * </pre>
 *
 * <p>A member that is present and malformed makes the answer unusable: reading it as absent, as
 * Nimbus does, would turn a broken {@code exp} into "no limit".
 */
final class IntrospectionResponseReader {

  /** The end of the year 9999; later times are milliseconds, or nonsense. */
  private static final long LATEST_SECOND = 253_402_300_799L;

  /** The members that many tokens have in common; a cache then holds each value once. */
  private static final Set<String> REPEATED =
      Set.of("iss", "aud", "client_id", "azp", "scope", "token_type");

  /** The members that are more than a claim: without one, the answer would mean another thing. */
  private static final Set<String> JUDGED =
      Set.of("sub", "client_id", "iss", "aud", "scope", "token_type");

  private static final Interner<Object> SHARED = Interner.newWeakInterner();

  private IntrospectionResponseReader() {}

  /**
   * Reads one answer.
   *
   * @param token that was asked about; members that repeat it are left out of the claims
   * @return empty when the token is not active
   * @throws UnusableResponseException if it is not an introspection answer that can be relied on
   */
  static Optional<TokenClaims> read(String body, BearerToken token)
      throws UnusableResponseException {
    JsonNode json = parse(body);
    JsonNode active = json.get("active");
    if (active == null || !active.isBoolean()) {
      throw new UnusableResponseException("active: missing, or not true or false"); // RFC 7662 §2.2
    }
    return active.booleanValue() ? Optional.of(activeAnswer(json, token)) : Optional.empty();
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

  private static TokenClaims activeAnswer(JsonNode json, BearerToken token)
      throws UnusableResponseException {
    long end = time(json, "exp", TokenClaims.NEVER);
    long start = time(json, "nbf", 0);
    time(json, "iat", 0); // judged by nobody, but a server that garbles one time garbles others
    boolean bound = json.has("cnf");
    for (String repeating : TokenScrubber.removeFrom(json, token)) {
      if (JUDGED.contains(repeating)) {
        throw new UnusableResponseException(repeating + ": holds the token itself");
      }
    }
    Terms terms =
        new Terms(
            sharedText(json, "client_id"),
            sharedText(json, "iss"),
            audience(json),
            scopes(json),
            sharedText(json, "token_type"),
            bound);
    return new TokenClaims(
        text(json, "sub"),
        shared(terms),
        end,
        start,
        StrictJson.readOnlyMap(json, IntrospectionResponseReader::kept));
  }

  private static @Nullable Object kept(String name, @Nullable Object value) {
    return value != null && REPEATED.contains(name) ? shared(value) : value;
  }

  /** One object for all values that are equal. */
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
    // An identity with a line break in it could forge a line of somebody's log.
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        throw new UnusableResponseException(name + ": has a control character");
      }
    }
    return text;
  }

  /** RFC 7519 §2: a number of seconds, perhaps with a fraction, which ends a token sooner. */
  private static long time(JsonNode json, String name, long absent)
      throws UnusableResponseException {
    JsonNode value = json.get(name);
    if (value == null) {
      return absent;
    }
    double seconds = value.isNumber() ? value.doubleValue() : Double.NaN;
    if (!(seconds >= 0 && seconds <= LATEST_SECOND)) {
      throw new UnusableResponseException(
          name + ": not a number of seconds between 1970 and the year 9999");
    }
    return (long) seconds;
  }

  private static List<String> audience(JsonNode json) throws UnusableResponseException {
    JsonNode value = json.get("aud");
    if (value == null) {
      return List.of();
    }
    List<String> audience = new ArrayList<>();
    for (JsonNode member : value.isArray() ? value : List.of(value)) {
      audience.add(nonEmptyText(member, "aud"));
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
      }
    } else if (value.isTextual()) {
      for (String each : value.textValue().split(" ", -1)) {
        if (!each.isEmpty()) {
          scopes.add(scope(each));
        }
      }
    } else {
      throw new UnusableResponseException("scope: neither a string nor an array of strings");
    }
    return Set.copyOf(scopes);
  }

  private static String scope(String text) throws UnusableResponseException {
    if (!Scopes.isScopeToken(text)) {
      throw new UnusableResponseException(
          "scope: has a character that RFC 6749 §3.3 does not allow");
    }
    return text;
  }
}
