package dev.gatehouse;

import dev.gatehouse.Decision.Admitted;
import dev.gatehouse.Decision.Refused;
import dev.gatehouse.internal.servlet.ClientAddresses;
import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.servlet.OriginCheck;
import dev.gatehouse.internal.servlet.OriginPolicy;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Admits a request that comes from outside, or responds to it. This class is thread-safe. */
final class RequestAdmission {

  private final OriginPolicy origins;
  private final ClientAddresses addresses;
  private final Authorizer authorizer;
  private final RequestOutcomes outcomes;

  RequestAdmission(
      OriginPolicy origins,
      ClientAddresses addresses,
      Authorizer authorizer,
      RequestOutcomes outcomes) {
    this.origins = origins;
    this.addresses = addresses;
    this.authorizer = authorizer;
    this.outcomes = outcomes;
  }

  /** Returns the caller, or null if the response has been written. */
  @Nullable AuthInfo admit(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    IncomingRequest incoming = new IncomingRequest(request, origins, addresses);
    if (incoming.origin() == OriginCheck.ALLOWED) {
      origins.expose(request, response);
      if (OriginPolicy.isPreflight(request)) {
        origins.writePreflight(request, response);
        return null;
      }
    }
    Decision decision = authorizer.decide(incoming);
    if (decision instanceof Admitted admitted) {
      outcomes.admitted(admitted.info(), incoming);
      return admitted.info();
    }
    outcomes.refused(((Refused) decision).refusal(), incoming, response);
    return null;
  }
}
