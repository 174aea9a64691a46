package dev.gatehouse.internal.jwt;

import dev.gatehouse.internal.claims.ClaimsReader;
import dev.gatehouse.internal.claims.MalformedClaimException;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.jwt.KeySet.Checked;
import dev.gatehouse.internal.jwt.KeySet.Match;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.LogText;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Verifies access tokens that are JWTs with the keys of the authorization server that issued them
 * (RFC 9068 §4, RFC 8725 §3). What each request checks again, such as the audience, is left to
 * {@code TokenRules}. This class is thread-safe.
 */
public final class JwtVerifier {

  private final TrustedServer server;
  private final String issuer;
  private final JwtSettings settings;
  private final ServerKeys keys;
  private final Duration clockSkew;
  private final InstantSource clock;

  /**
   * Creates a verifier.
   *
   * @param server whose issuer is known
   * @param keys of this server
   * @param clockSkew by how much the server's clock may be ahead
   * @param clock the time of day
   */
  public JwtVerifier(
      TrustedServer server,
      JwtSettings settings,
      ServerKeys keys,
      Duration clockSkew,
      InstantSource clock) {
    this.server = server;
    this.issuer = Objects.requireNonNull(server.issuer(), "JWTs need an issuer");
    this.settings = settings;
    this.keys = keys;
    this.clockSkew = clockSkew;
    this.clock = clock;
  }

  /**
   * Whether the token has the form of a JWS in compact serialization: three parts, and a header
   * that begins like a JSON object. Cheap: decodes nothing. A JWT without signature has the form,
   * so that it is refused as one; an encrypted JWT, with five parts, has not.
   */
  public static boolean isJwt(BearerToken token) {
    int length = token.length();
    if (length < 2 || token.charAt(0) != 'e') {
      return false; // Base64url of { and anything
    }
    int second = token.charAt(1);
    if (second != 'y' && second != 'w') {
      return false; // of {" or of { and white space
    }
    int dots = 0;
    for (int i = 0; i < length; i++) {
      dots += token.charAt(i) == '.' ? 1 : 0;
    }
    return dots == 2;
  }

  /** Whether keys are known, so that {@link #verify} blocks only for a JWT by an unknown key. */
  public boolean hasKeys() {
    return keys.areKnown();
  }

  /** The keys of the server. */
  public ServerKeys keys() {
    return keys;
  }

  /**
   * Verifies a token locally and without blocking.
   *
   * @return empty if keys must be fetched first, because none are known or the token names another:
   *     then call {@link #verify}, which may block
   */
  public Optional<VerificationResult> verifyNow(BearerToken token) {
    try {
      UnverifiedJwt jwt = read(token);
      Attempt<Checked> attempt = keys.checkNow(jwt);
      return attempt == null ? Optional.empty() : Optional.of(result(jwt, attempt));
    } catch (RefusedJwtException e) {
      return Optional.of(e.result());
    } catch (MalformedClaimException e) {
      return Optional.of(malformed(e));
    }
  }

  /**
   * Verifies a token locally. Blocks until the deadline only if keys must be fetched. Never throws
   * for what a token or a server contains.
   */
  public VerificationResult verify(BearerToken token, Deadline deadline) {
    try {
      UnverifiedJwt jwt = read(token);
      return result(jwt, keys.check(jwt, deadline));
    } catch (RefusedJwtException e) {
      return e.result();
    } catch (MalformedClaimException e) {
      return malformed(e);
    }
  }

  /** Everything that can be checked without keys: a forged or expired token costs little. */
  private UnverifiedJwt read(BearerToken token)
      throws RefusedJwtException, MalformedClaimException {
    UnverifiedJwt jwt = UnverifiedJwt.parse(token.bytes());
    SignatureAlgorithm algorithm = jwt.header().algorithm();
    if (!settings.algorithms().contains(algorithm)) {
      throw new RefusedJwtException(
          Reason.JWT, "the alg " + algorithm.joseName() + " is not among jwt-algorithms");
    }
    String type = jwt.header().type();
    if (!settings.acceptsType(type)) {
      throw new RefusedJwtException(
          Reason.TOKEN_TYPE,
          "the typ is " + (type == null ? "absent" : LogText.word(type)) + ", see jwt-types");
    }
    checkIssuer(jwt.claims().text("iss"));
    checkTimes(jwt.claims());
    return jwt;
  }

  /** RFC 9068 §4, RFC 8725 §3.8: exactly this server's, whose keys are used. */
  private void checkIssuer(@Nullable String tokenIssuer) throws RefusedJwtException {
    if (!issuer.equals(tokenIssuer)) {
      throw new RefusedJwtException(
          Reason.ISSUER,
          "the token's issuer is "
              + LogText.line(String.valueOf(tokenIssuer))
              + ", expected "
              + issuer);
    }
  }

  private void checkTimes(ClaimsReader claims) throws RefusedJwtException, MalformedClaimException {
    if (!claims.has("exp")) { // RFC 9068 §2.2
      throw new RefusedJwtException(Reason.JWT, "exp is missing");
    }
    Instant now = clock.instant();
    Instant end = Instant.ofEpochSecond(claims.time("exp", 0));
    if (!now.isBefore(end)) {
      throw new RefusedJwtException(
          Reason.EXPIRED, "the token expired at " + end + "; the current time is " + now);
    }
    Instant issuedAt = Instant.ofEpochSecond(claims.time("iat", 0));
    if (now.plus(clockSkew).isBefore(issuedAt)) {
      throw new RefusedJwtException(
          Reason.NOT_YET_VALID,
          "the token was issued at " + issuedAt + "; the current time is " + now);
    }
  }

  private VerificationResult result(UnverifiedJwt jwt, Attempt<Checked> attempt)
      throws RefusedJwtException, MalformedClaimException {
    if (attempt instanceof Attempt.Failed<Checked> failed) {
      return failed.cause();
    }
    Checked checked = ((Attempt.Succeeded<Checked>) attempt).value();
    if (checked.match() != Match.VALID) {
      return new VerificationResult.Inactive(Reason.SIGNATURE, checked.detail());
    }
    TokenClaims claims =
        AccessTokenClaims.read(jwt.claims(), jwt.header().type(), settings.scopeClaims());
    return new VerificationResult.Active(claims, server);
  }

  private static VerificationResult malformed(MalformedClaimException e) {
    return new VerificationResult.Inactive(Reason.JWT, e.problem());
  }
}
