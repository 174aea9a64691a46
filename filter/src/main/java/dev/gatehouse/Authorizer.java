package dev.gatehouse;

import dev.gatehouse.Decision.Admitted;
import dev.gatehouse.Decision.Refused;
import dev.gatehouse.internal.rules.ScopePolicy;
import dev.gatehouse.internal.rules.TokenRules;
import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.servlet.OriginCheck;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Credentials;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.verify.TokenVerifier;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides whether to admit a request: checks origin, method, credentials, token, rules, and the
 * scopes for what it calls, in this order.
 */
final class Authorizer {

  private static final Logger log = LoggerFactory.getLogger(Authorizer.class);

  private final TokenVerifier verifier;
  private final TokenRules rules;
  private final ScopePolicy scopePolicy;
  private final StepUp stepUp;
  private final int maxTokenLength;
  private final InstantSource clock;

  /** Every such request would repeat it. */
  private final AtomicBoolean unknownUserLogged = new AtomicBoolean();

  Authorizer(
      TokenVerifier verifier,
      TokenRules rules,
      ScopePolicy scopePolicy,
      StepUp stepUp,
      int maxTokenLength,
      InstantSource clock) {
    this.verifier = verifier;
    this.rules = rules;
    this.scopePolicy = scopePolicy;
    this.stepUp = stepUp;
    this.maxTokenLength = maxTokenLength;
    this.clock = clock;
  }

  /** Admits a request whose token passes every check; refuses every other request. */
  Decision decide(IncomingRequest request, CallRules.Call call) {
    if (request.origin() == OriginCheck.FOREIGN) {
      return refused(Reason.ORIGIN, "the Origin is not among allowed-origins");
    }
    if (request.method().equalsIgnoreCase("TRACE")) {
      return refused(Reason.METHOD, "TRACE is refused, because a container may echo the token");
    }
    Credentials credentials = request.credentials();
    if (credentials instanceof Credentials.Absent) {
      return refused(Reason.NO_CREDENTIALS, "the request has no Bearer token");
    }
    if (credentials instanceof Credentials.Malformed malformed) {
      return refused(Reason.MALFORMED, malformed.detail());
    }
    BearerToken token = (BearerToken) credentials;
    if (token.length() > maxTokenLength) {
      return refused(
          Reason.TOKEN_TOO_LONG,
          "the token has " + token.length() + " characters; see max-token-length");
    }
    VerificationResult result = verifier.verify(token, request::clientAddress);
    if (result instanceof VerificationResult.Inactive inactive) {
      return refused(inactive.reason(), inactive.detail());
    }
    if (result instanceof VerificationResult.Unavailable unavailable) {
      return new Refused(
          Refusal.unavailable(
              unavailable.reason(), unavailable.detail(), unavailable.retryAfter()));
    }
    return check((VerificationResult.Active) result, call);
  }

  /**
   * Verifies the token of an open stream again.
   *
   * @return inactive also if the token no longer satisfies the rules, or lacks scopes
   */
  VerificationResult recheck(BearerToken token) {
    VerificationResult result = verifier.recheck(token);
    if (!(result instanceof VerificationResult.Active active)) {
      return result;
    }
    Set<String> scopes = effectiveScopes(active);
    return rules
        .check(active, scopes, clock.millis())
        .or(() -> scopePolicy.check(scopes))
        .<VerificationResult>map(
            refusal ->
                new VerificationResult.Inactive(
                    refusal.reason(), "an open stream's token is no longer admitted"))
        .orElse(result);
  }

  private Set<String> effectiveScopes(VerificationResult.Active token) {
    return scopePolicy.effective(token.server().limits().allowedOf(token.claims().scopes()));
  }

  private Decision check(VerificationResult.Active result, CallRules.Call call) {
    TokenClaims claims = result.claims();
    Set<String> scopes = effectiveScopes(result);
    long now = clock.millis();
    Optional<Refusal> broken = rules.check(result, scopes, now);
    Optional<Refusal> refusal = broken.isPresent() ? broken : call.check(result, scopes, now);
    if (refusal.isPresent()) {
      return new Refused(refusal.get().of(result));
    }
    if (claims.isOfUnknownUser() && !unknownUserLogged.getAndSet(true)) {
      log.warn(
          "user_unknown: a user's token has no sub, so its caller is unknown; make the"
              + " authorization server send sub, in Keycloak with the client scope basic (logged"
              + " once)");
    }
    return new Admitted(new AuthInfo(result, scopes, stepUp));
  }

  private static Decision refused(Reason reason, String detail) {
    return new Refused(Refusal.because(reason, detail));
  }
}
