package dev.gatehouse;

import dev.gatehouse.Decision.Admitted;
import dev.gatehouse.Decision.Refused;
import dev.gatehouse.internal.servlet.ClientAddresses;
import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.servlet.OriginCheck;
import dev.gatehouse.internal.servlet.OriginPolicy;
import dev.gatehouse.internal.session.SessionBinding;
import dev.gatehouse.internal.session.SessionOwner;
import dev.gatehouse.internal.stream.OpenStreams;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Refusal;
import dev.gatehouse.internal.token.VerificationResult;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Admits a request that comes from outside, or responds to it. This class is thread-safe. */
final class RequestAdmission {

  private final OriginPolicy origins;
  private final ClientAddresses addresses;
  private final Authorizer authorizer;
  private final CallRules calls;
  private final SessionBinding sessions;
  private final OpenStreams streams;
  private final RequestOutcomes outcomes;

  RequestAdmission(
      OriginPolicy origins,
      ClientAddresses addresses,
      Authorizer authorizer,
      CallRules calls,
      SessionBinding sessions,
      OpenStreams streams,
      RequestOutcomes outcomes) {
    this.origins = origins;
    this.addresses = addresses;
    this.authorizer = authorizer;
    this.calls = calls;
    this.sessions = sessions;
    this.streams = streams;
    this.outcomes = outcomes;
  }

  /** Returns the admission, or null if the response has been written. */
  @Nullable Admission admit(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    IncomingRequest incoming = new IncomingRequest(request, origins, addresses);
    if (incoming.origin() == OriginCheck.ALLOWED) {
      origins.expose(request, response);
      if (OriginPolicy.isPreflight(request)) {
        origins.writePreflight(request, response);
        return null;
      }
    }
    long evictionsBefore = streams.evictions(); // before the token is verified
    CallRules.Call call = calls.of(request);
    Decision decision = authorizer.decide(incoming, call);
    if (!(decision instanceof Admitted admitted)) {
      outcomes.refused(((Refused) decision).refusal(), incoming, response);
      return null;
    }
    AuthInfo info = admitted.info();
    VerificationResult.Active result = info.result();
    BearerToken token = (BearerToken) incoming.credentials(); // which every admitted request has
    Runnable sessionUse = null;
    if (sessions.isNamedIn(request)) {
      SessionOwner owner = new SessionOwner(token, result);
      Optional<Refusal> refusal = sessions.check(request, owner);
      if (refusal.isPresent()) {
        outcomes.refused(refusal.get().of(result).ofRequest(call.requestId()), incoming, response);
        return null;
      }
      sessionUse = sessions.use(request, owner);
    }
    outcomes.admitted(info, call.body(), incoming);
    return new Admission(
        info,
        token,
        call,
        streams.admit(token, result, evictionsBefore, sessionUse),
        sessions,
        sessionUse != null);
  }
}
