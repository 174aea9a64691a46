package dev.gatehouse.internal.proof;

import dev.gatehouse.internal.proof.ProofSettings.Certificates;
import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.syntax.Base64Url;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The certificate of the client that sent a request: from TLS or, behind trusted proxies, from
 * their header (RFC 9440 §2.1), whose value is the certificate's DER in Base64 between colons:
 *
 * <pre>
 * Client-Cert: :MIIBqDCCAU6gAwIBAgIBBzAKBggqhkjOPQQDAjA6MRswGQYDVQQKDBJMZXQncyBBdXRo…:
 * </pre>
 */
final class ClientCertificates {

  private final @Nullable String header;
  private final AddressRanges proxies;

  ClientCertificates(Certificates settings) {
    this.header = settings.header();
    this.proxies = settings.proxies();
  }

  /**
   * The thumbprint of the client's certificate: the SHA-256 of its DER, in Base64url (RFC 8705
   * §3.1).
   *
   * @return null if the client has not presented a certificate
   */
  @Nullable String thumbprint(IncomingRequest request) {
    byte[] der = der(request);
    return der == null ? null : Base64Url.encode(ProofKey.sha256(der));
  }

  private byte @Nullable [] der(IncomingRequest request) {
    if (header != null && proxies.contains(request.peerAddress())) {
      // The connection's own certificate is the proxy's.
      String value = request.onlyHeader(header);
      return value == null ? null : decode(value);
    }
    X509Certificate certificate = request.peerCertificate();
    try {
      return certificate == null ? null : certificate.getEncoded();
    } catch (CertificateEncodingException e) {
      return null;
    }
  }

  /**
   * RFC 8941 §3.3.5, without parameters, and canonical: others may decode other forms otherwise.
   */
  private static byte @Nullable [] decode(String value) {
    String text = value.strip();
    if (text.length() < 3 || !text.startsWith(":") || !text.endsWith(":")) {
      return null;
    }
    String encoded = text.substring(1, text.length() - 1);
    try {
      byte[] der = Base64.getDecoder().decode(encoded);
      return Base64.getEncoder().encodeToString(der).equals(encoded) ? der : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
