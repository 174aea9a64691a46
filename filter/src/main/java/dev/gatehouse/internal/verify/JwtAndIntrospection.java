package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.introspection.ServerAvailability;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import org.jspecify.annotations.Nullable;

/**
 * Verifies JWTs locally and then introspects them ({@code token-validation=jwt-and-introspection}):
 * a forged or expired one causes no request, and a revoked one is refused. This class is
 * thread-safe.
 */
public final class JwtAndIntrospection implements ServerVerifier {

  private final JwtServer jwts;
  private final IntrospectedServer introspected;

  /** Combines two ways to verify the tokens of one server. */
  public JwtAndIntrospection(JwtServer jwts, IntrospectedServer introspected) {
    this.jwts = jwts;
    this.introspected = introspected;
  }

  @Override
  public TrustedServer server() {
    return jwts.server();
  }

  @Override
  public VerificationCall call(BearerToken token) {
    return new Call(jwts.call(token), introspected.call(token));
  }

  @Override
  public boolean takesOpaqueTokens() {
    return false;
  }

  @Override
  public boolean answersProbes() {
    return jwts.answersProbes() && introspected.answersProbes();
  }

  @Override
  public ServerAvailability.Report report() {
    return CombinedReport.ofBothNeeded(jwts.report(), introspected.report());
  }

  @Override
  public void probeIfOutdated() {
    jwts.probeIfOutdated();
    introspected.probeIfOutdated();
  }

  private static final class Call implements VerificationCall {

    private final VerificationCall local;
    private final VerificationCall introspection;

    /** What the JWT states, once it has been verified. */
    private VerificationResult.@Nullable Active verified;

    Call(VerificationCall local, VerificationCall introspection) {
      this.local = local;
      this.introspection = introspection;
    }

    @Override
    public boolean mayBlock() {
      return true;
    }

    @Override
    public @Nullable VerificationResult decideNow() {
      VerificationResult result = local.decideNow();
      if (result instanceof VerificationResult.Active active) {
        verified = active;
        return null;
      }
      return result;
    }

    @Override
    public VerificationResult send() {
      VerificationResult.Active jwt = verified;
      if (jwt == null) { // keys are needed first
        VerificationResult result = local.send();
        if (!(result instanceof VerificationResult.Active active)) {
          return result;
        }
        jwt = active;
      }
      VerificationResult response = introspection.send();
      return response instanceof VerificationResult.Active active
          ? Agreement.of(jwt, active)
          : response;
    }

    @Override
    public void cutShort() {
      local.cutShort();
      introspection.cutShort();
    }

    @Override
    public boolean isUnresponsive() {
      return introspection.isUnresponsive();
    }

    @Override
    public boolean isLocal() {
      return false;
    }
  }
}
