package dev.gatehouse.internal.introspection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.claims.ClaimsReader;
import dev.gatehouse.internal.claims.MalformedClaimException;
import dev.gatehouse.internal.discovery.UnusableResponseException;
import dev.gatehouse.internal.syntax.StrictJson;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TokenClaims.Terms;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Parses the body of a 200 of the introspection endpoint, strictly:
 *
 * <pre>
 * {"active":true,"sub":"alice","client_id":"app","scope":"notes:read","exp":1795220542,
 *  "aud":"https://mcp.example/mcp","iss":"https://as.example","token_type":"Bearer"}
 * </pre>
 *
 * <p>A malformed member makes the response unusable; see {@link ClaimsReader}.
 */
final class IntrospectionResponseReader {

  /** Members that are checked; without one of them, the response would mean something else. */
  private static final Set<String> CHECKED =
      Set.of("sub", "client_id", "iss", "aud", "scope", "token_type", "typ", "token_use");

  private static final List<String> SCOPE = List.of("scope");

  private IntrospectionResponseReader() {}

  /**
   * Parses a response.
   *
   * @param token the introspected token; members that repeat it are left out of the claims
   * @param scopeClaims members whose values are scopes, too
   * @return empty if the token is not active
   * @throws UnusableResponseException if the response is malformed
   */
  static Optional<TokenClaims> read(String body, BearerToken token, List<String> scopeClaims)
      throws UnusableResponseException {
    return read(parse(body), token, scopeClaims);
  }

  /**
   * Reads a parsed response, an object.
   *
   * @throws UnusableResponseException if the response is malformed
   */
  static Optional<TokenClaims> read(JsonNode json, BearerToken token, List<String> scopeClaims)
      throws UnusableResponseException {
    JsonNode active = json.get("active");
    if (active == null || !active.isBoolean()) {
      throw new UnusableResponseException("active: missing or not a boolean"); // RFC 7662 §2.2
    }
    try {
      ClaimsReader reader = new ClaimsReader(json);
      return active.booleanValue()
          ? Optional.of(claims(json, reader, token, scopeClaims))
          : Optional.empty();
    } catch (MalformedClaimException e) {
      throw new UnusableResponseException(e.problem());
    }
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

  private static TokenClaims claims(
      JsonNode json, ClaimsReader reader, BearerToken token, List<String> scopeClaims)
      throws UnusableResponseException, MalformedClaimException {
    long end = reader.time("exp", TokenClaims.NEVER);
    long start = reader.time("nbf", 0);
    reader.time("iat", 0); // not used, but a server that garbles one time garbles others
    boolean bound = reader.has("cnf");
    boolean signOfUser = reader.hasSignOfUser(); // also if the member is removed now
    for (String name : TokenScrubber.removeFrom(json, token)) {
      if (CHECKED.contains(name)) {
        throw new UnusableResponseException(name + ": repeats the token");
      }
    }
    Terms terms =
        new Terms(
            reader.sharedText("client_id"),
            reader.sharedText("iss"),
            reader.audience(),
            reader.withAdditional(reader.scopes(SCOPE), scopeClaims),
            reader.sharedText("token_type"),
            reader.sharedText("typ"),
            reader.sharedText("token_use"),
            bound,
            signOfUser);
    return new TokenClaims(
        reader.text("sub"), ClaimsReader.shared(terms), end, start, reader.all());
  }
}
