package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.introspection.IntrospectionCall;
import dev.gatehouse.internal.introspection.Introspector;
import dev.gatehouse.internal.introspection.ServerAvailability;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import org.jspecify.annotations.Nullable;

/** Introspects every token ({@code token-validation=introspection}). This class is thread-safe. */
public final class IntrospectedServer implements ServerVerifier {

  private final Introspector introspector;

  public IntrospectedServer(Introspector introspector) {
    this.introspector = introspector;
  }

  @Override
  public TrustedServer server() {
    return introspector.server();
  }

  @Override
  public VerificationCall call(BearerToken token) {
    return new Call(introspector.call(token));
  }

  @Override
  public boolean takesOpaqueTokens() {
    return true;
  }

  @Override
  public boolean answersProbes() {
    return introspector.answersProbes();
  }

  @Override
  public ServerAvailability.Report report() {
    return introspector.availability().report();
  }

  @Override
  public void probeIfOutdated() {
    introspector.availability().probeIfOutdated();
  }

  private final class Call implements VerificationCall {

    private final IntrospectionCall call;

    Call(IntrospectionCall call) {
      this.call = call;
    }

    @Override
    public boolean mayBlock() {
      return true;
    }

    @Override
    public @Nullable VerificationResult decideNow() {
      return null;
    }

    @Override
    public VerificationResult send() {
      return call.send();
    }

    @Override
    public void cutShort() {
      call.cutShort();
    }

    @Override
    public boolean isUnresponsive() {
      return introspector.isUnresponsive();
    }

    @Override
    public boolean isLocal() {
      return false;
    }
  }
}
