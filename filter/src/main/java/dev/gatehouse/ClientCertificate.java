package dev.gatehouse;

import java.net.URI;
import javax.net.ssl.SSLContext;

/** Our certificate in the TLS handshake, with only the id in the body (RFC 8705 §2). */
final class ClientCertificate implements ClientCredentials {

  private final String clientId;
  private final Renewable<SSLContext> tls;

  ClientCertificate(String clientId, Renewable<SSLContext> tls) {
    this.clientId = clientId;
    this.tls = tls;
  }

  @Override
  public Attempt<Authentication> authenticate(URI endpoint, Deadline deadline) {
    return new Attempt.Succeeded<>(Authentication.of(null, tls.get()).withClientId(clientId));
  }

  @Override
  public boolean renewAfter(Authentication refused) {
    return tls.isReplaced(refused.source());
  }
}
