package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.introspection.ServerAvailability;
import dev.gatehouse.internal.jwt.JwtVerifier;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TrustedServer;

/**
 * Verifies JWTs locally and introspects other tokens ({@code
 * token-validation=jwt-or-introspection}). What has the form of a JWT is never introspected, so
 * that the weaker of two checks can't be chosen. This class is thread-safe.
 */
public final class JwtOrIntrospection implements ServerVerifier {

  private final JwtServer jwts;
  private final IntrospectedServer others;

  /** Combines two ways to verify the tokens of one server. */
  public JwtOrIntrospection(JwtServer jwts, IntrospectedServer others) {
    this.jwts = jwts;
    this.others = others;
  }

  @Override
  public TrustedServer server() {
    return jwts.server();
  }

  @Override
  public VerificationCall call(BearerToken token) {
    return JwtVerifier.isJwt(token) ? jwts.call(token) : others.call(token);
  }

  @Override
  public boolean takesOpaqueTokens() {
    return true;
  }

  @Override
  public boolean isLocal() {
    return true;
  }

  @Override
  public boolean answersProbes() {
    return jwts.answersProbes() && others.answersProbes();
  }

  /** Down if neither kind of tokens can be verified. */
  @Override
  public ServerAvailability.Report report() {
    return CombinedReport.ofAlternatives(jwts.report(), others.report());
  }

  @Override
  public void probeIfOutdated() {
    jwts.probeIfOutdated();
    others.probeIfOutdated();
  }
}
