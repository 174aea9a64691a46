package dev.gatehouse;

import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import java.net.URI;
import java.util.List;
import java.util.Map;
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
  public Prepared prepare(URI endpoint, BearerToken asked, Deadline deadline) {
    return new Prepared.Ready(
        new TokenIntrospectionRequest(
            endpoint, new BearerAccessToken(asked.value()), Map.of("client_id", List.of(clientId))),
        tls.get());
  }

  @Override
  public boolean renewAfter(Prepared.Ready refused) {
    return tls.isReplaced(refused.with());
  }
}
