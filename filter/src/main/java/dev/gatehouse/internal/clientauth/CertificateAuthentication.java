package dev.gatehouse.internal.clientauth;

import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.token.Attempt;
import java.net.URI;
import javax.net.ssl.SSLContext;

/**
 * Authentication by certificate in the TLS handshake, with the client id in the body (RFC 8705 §2).
 */
public final class CertificateAuthentication implements ClientAuthentication {

  private final String clientId;
  private final Reloadable<SSLContext> tls;

  public CertificateAuthentication(String clientId, Reloadable<SSLContext> tls) {
    this.clientId = clientId;
    this.tls = tls;
  }

  @Override
  public Attempt<Authentication> authenticate(URI endpoint, Deadline deadline) {
    return new Attempt.Succeeded<>(Authentication.of(null, tls.get()).withClientId(clientId));
  }

  @Override
  public boolean renewAfter(Authentication refused) {
    return tls.hasChangedSince(refused.source());
  }
}
