package dev.gatehouse.internal.jwt;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.internal.claims.ClaimsReader;
import dev.gatehouse.internal.claims.MalformedClaimException;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.jwt.KeySet.Checked;
import dev.gatehouse.internal.jwt.KeySet.Match;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.LogText;
import dev.gatehouse.internal.token.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * Verifies signed introspection responses (RFC 9701 §5). Whatever is wrong with one, it says
 * nothing about the introspected token: the result is a failure, never an inactive token. This
 * class is thread-safe.
 */
public final class IntrospectionJwtVerifier {

  /** The content type of a signed response, to request and to require (RFC 9701 §4, §5). */
  public static final String MEDIA_TYPE = "application/token-introspection+jwt";

  private static final String TYPE = "token-introspection+jwt";

  /** A response is created for its request; an older one is another's. */
  static final Duration MAX_AGE = Duration.ofMinutes(1);

  private static final String RESPONSE = "token_introspection";

  private final String issuer;
  private final String audience;
  private final Set<SignatureAlgorithm> algorithms;
  private final ServerKeys keys;
  private final Duration clockSkew;
  private final InstantSource clock;

  /**
   * Creates a verifier.
   *
   * @param audience what identifies this resource server at the authorization server
   * @param keys of the server
   * @param clockSkew by how much the clocks may differ
   * @param clock the time of day
   */
  public IntrospectionJwtVerifier(
      String issuer,
      String audience,
      Set<SignatureAlgorithm> algorithms,
      ServerKeys keys,
      Duration clockSkew,
      InstantSource clock) {
    this.issuer = issuer;
    this.audience = audience;
    this.algorithms = Set.copyOf(algorithms);
    this.keys = keys;
    this.clockSkew = clockSkew;
    this.clock = clock;
  }

  /**
   * Verifies the body of a response; fetches keys by the deadline if necessary.
   *
   * @return the {@code token_introspection} member, an object
   */
  public Attempt<JsonNode> verify(String body, Deadline deadline) {
    try {
      // A character outside ASCII becomes ?, which is illegal.
      UnverifiedJwt jwt = UnverifiedJwt.parse(body.getBytes(StandardCharsets.US_ASCII));
      checkHeader(jwt.header());
      checkClaims(jwt.claims());
      Attempt<Checked> attempt = keys.check(jwt, deadline);
      if (attempt instanceof Attempt.Failed<Checked> failed) {
        return failed.as();
      }
      Checked checked = ((Attempt.Succeeded<Checked>) attempt).value();
      return checked.match() == Match.VALID
          ? new Attempt.Succeeded<>(jwt.payload().path(RESPONSE))
          : failed(checked.detail());
    } catch (RefusedJwtException e) {
      return failed(e.detail());
    } catch (MalformedClaimException e) {
      return failed(e.problem());
    }
  }

  private static Attempt<JsonNode> failed(String detail) {
    return Attempt.failed(Reason.AS_ANSWER, "signed response: " + detail);
  }

  private void checkHeader(JwsHeader header) throws RefusedJwtException {
    if (!TYPE.equals(header.type())) {
      throw refused(
          "the typ is " + (header.type() == null ? "absent" : LogText.word(header.type())));
    }
    if (!algorithms.contains(header.algorithm())) {
      throw refused("the alg " + header.algorithm().joseName() + " is not among jwt-algorithms");
    }
  }

  private void checkClaims(ClaimsReader claims)
      throws RefusedJwtException, MalformedClaimException {
    String iss = claims.text("iss");
    if (!issuer.equals(iss)) {
      throw refused("the issuer is " + LogText.line(String.valueOf(iss)) + ", expected " + issuer);
    }
    List<String> aud = claims.audience();
    if (!aud.contains(audience)) {
      throw refused("the audience is " + LogText.list(aud) + ", expected " + audience);
    }
    if (!claims.has("iat")) {
      throw refused("iat is missing");
    }
    Instant issuedAt = Instant.ofEpochSecond(claims.time("iat", 0));
    Instant now = clock.instant();
    if (issuedAt.isAfter(now.plus(clockSkew))
        || issuedAt.isBefore(now.minus(clockSkew).minus(MAX_AGE))) {
      throw refused("it was issued at " + issuedAt + "; the current time is " + now);
    }
    if (!claims.isObject(RESPONSE)) {
      throw refused(RESPONSE + " is missing or not an object");
    }
  }

  private static RefusedJwtException refused(String detail) {
    return new RefusedJwtException(Reason.AS_ANSWER, detail);
  }
}
