package dev.gatehouse.internal.claims;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.syntax.Scopes;
import dev.gatehouse.internal.syntax.StrictJson;
import dev.gatehouse.internal.token.TokenClaims;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the claims of one token. A malformed one is an error: treating it as absent, as Nimbus
 * does, would turn a malformed {@code exp} into "never expires". A claim that is null is absent,
 * and so is an empty {@code sub}. Not thread-safe.
 */
public final class ClaimsReader {

  /** The end of the year 9999; a later time is an error, such as milliseconds. */
  private static final long LATEST_SECOND = 253_402_300_799L;

  /** The beginning of the year 1; an earlier time means the same. */
  private static final double EARLIEST_SECOND = -62_135_596_800.0;

  /** Far more than any client needs. Each request compares them, and refusals look them up. */
  private static final int MAX_AUDIENCE = 100;

  private static final int MAX_SCOPES = 500;

  /**
   * Claims that only tokens of users have, or that say how a user logged in. Keycloak without its
   * scope {@code basic} sends such claims, but no {@code sub}.
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

  private final JsonNode json;

  /**
   * Creates a reader.
   *
   * @param json an object; absent claims are removed from it
   */
  public ClaimsReader(JsonNode json) {
    this.json = json;
    removeAbsent(json);
  }

  /** Servers write null, or an empty {@code sub}, where they have nothing to say. */
  private static void removeAbsent(JsonNode json) {
    json.properties()
        .removeIf(
            member ->
                member.getValue().isNull()
                    || (member.getKey().equals("sub") && "".equals(member.getValue().textValue())));
  }

  /** Whether there is such a claim. */
  public boolean has(String name) {
    return json.has(name);
  }

  /** Whether there is such a claim, and it is an object. */
  public boolean isObject(String name) {
    return json.path(name).isObject();
  }

  /** Whether there is a claim that only tokens of users have. */
  public boolean hasSignOfUser() {
    return SIGNS_OF_A_USER.stream().anyMatch(json::has);
  }

  /** A claim that is a string; null if it is absent. */
  public @Nullable String text(String name) throws MalformedClaimException {
    JsonNode value = json.get(name);
    return value == null ? null : nonEmptyText(value, name);
  }

  /** The first of these claims that is present, which must be a string; null if there is none. */
  public @Nullable String firstText(List<String> names) throws MalformedClaimException {
    for (String name : names) {
      if (json.has(name)) {
        return sharedText(name);
      }
    }
    return null;
  }

  /** A claim that is a string, and equal in many tokens; null if it is absent. */
  public @Nullable String sharedText(String name) throws MalformedClaimException {
    String text = text(name);
    return text == null ? null : Shared.value(text);
  }

  private static String nonEmptyText(JsonNode value, String name) throws MalformedClaimException {
    String text = value.textValue();
    if (text == null || text.isEmpty()) {
      throw new MalformedClaimException(name + ": not a string, or empty");
    }
    // A line break in a name could forge a line of a log.
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      if (Character.isISOControl(codePoint)) {
        throw new MalformedClaimException(name + ": has a control character");
      }
      // RFC 8259 §8.2: UTF-8 can't express it, and names that differ in it would become equal.
      if (Character.getType(codePoint) == Character.SURROGATE) {
        throw new MalformedClaimException(name + ": has an unpaired surrogate");
      }
      i += Character.charCount(codePoint);
    }
    return text;
  }

  /**
   * A claim that is a time (RFC 7519 §2): a number of seconds; a fraction is cut off.
   *
   * @param absent the result if there is no such claim
   */
  public long time(String name, long absent) throws MalformedClaimException {
    JsonNode value = json.get(name);
    if (value == null) {
      return absent;
    }
    double seconds = value.isNumber() ? value.doubleValue() : Double.NaN;
    if (!(seconds <= LATEST_SECOND)) {
      throw new MalformedClaimException(name + ": not a number of seconds, or after the year 9999");
    }
    return (long) Math.max(seconds, EARLIEST_SECOND);
  }

  /** The {@code aud} claim, a string or an array of strings; empty if it is absent. */
  public List<String> audience() throws MalformedClaimException {
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

  /** The scopes in the first of these claims that is present; empty if there is none. */
  public Set<String> scopes(List<String> names) throws MalformedClaimException {
    for (String name : names) {
      JsonNode value = json.get(name);
      if (value != null) {
        return scopes(value, name);
      }
    }
    return Set.of();
  }

  private static Set<String> scopes(JsonNode value, String name) throws MalformedClaimException {
    Set<String> scopes = new LinkedHashSet<>();
    if (value.isArray()) {
      for (JsonNode member : value) {
        scopes.add(scope(nonEmptyText(member, name), name));
        throwIfOver(MAX_SCOPES, scopes, name);
      }
    } else if (value.isTextual()) {
      for (String token : value.textValue().split(" ", -1)) {
        if (!token.isEmpty()) {
          scopes.add(scope(token, name));
          throwIfOver(MAX_SCOPES, scopes, name);
        }
      }
    } else {
      throw new MalformedClaimException(name + ": neither a string nor an array of strings");
    }
    return Set.copyOf(scopes);
  }

  private static String scope(String text, String name) throws MalformedClaimException {
    if (!Scopes.isScopeToken(text)) {
      throw new MalformedClaimException(
          name + ": has a character that RFC 6749 §3.3 does not allow");
    }
    return text;
  }

  /**
   * The scopes and, in addition, what these claims hold: {@code realm_access.roles}. Texts that
   * can't be scopes, such as roles with a blank, are left out, because no rule can require them.
   *
   * @param paths names, or paths of names separated by dots
   */
  public Set<String> withAdditional(Set<String> scopes, List<String> paths)
      throws MalformedClaimException {
    if (paths.isEmpty()) {
      return scopes;
    }
    Set<String> all = new LinkedHashSet<>(scopes);
    for (String path : paths) {
      JsonNode value = find(json, path);
      if (value != null) {
        addScopes(value, path, all);
      }
    }
    return Set.copyOf(all);
  }

  /** Names may contain dots themselves: {@code https://app.example/roles}. */
  private static @Nullable JsonNode find(JsonNode object, String path) {
    JsonNode whole = object.get(path);
    if (whole != null) {
      return whole;
    }
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      JsonNode child = object.get(path.substring(0, dot));
      JsonNode found =
          child != null && child.isObject() ? find(child, path.substring(dot + 1)) : null;
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static void addScopes(JsonNode value, String path, Set<String> all)
      throws MalformedClaimException {
    if (value.isTextual()) {
      for (String word : value.textValue().split(" ", -1)) {
        addScope(word, path, all);
      }
    } else if (value.isArray()) {
      for (JsonNode member : value) {
        addScope(member.isTextual() ? member.textValue() : "", path, all);
      }
    } else if (!value.isNull()) {
      throw new MalformedClaimException(path + ": neither a string nor an array");
    }
  }

  private static void addScope(String text, String path, Set<String> all)
      throws MalformedClaimException {
    if (Scopes.isScopeToken(text)) {
      all.add(text);
      throwIfOver(MAX_SCOPES, all, path);
    }
  }

  private static void throwIfOver(int max, Collection<String> values, String name)
      throws MalformedClaimException {
    if (values.size() > max) {
      throw new MalformedClaimException(name + ": has more than " + max + " values");
    }
  }

  /** The claims that are usually equal in all tokens of one client, as one shared object. */
  public static TokenClaims.Terms shared(TokenClaims.Terms terms) {
    return Shared.value(terms);
  }

  /** All claims, read-only at every depth. */
  public Map<String, Object> all() {
    return StrictJson.readOnlyMap(json, Shared::claim);
  }
}
