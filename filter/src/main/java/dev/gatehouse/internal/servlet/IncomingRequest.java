package dev.gatehouse.internal.servlet;

import dev.gatehouse.internal.syntax.EncodedHeader;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Credentials;
import jakarta.servlet.http.HttpServletRequest;
import java.security.cert.X509Certificate;
import java.util.Enumeration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a request that decisions and logs use. Values that few requests need are computed on
 * first use. This class is not thread-safe.
 */
public final class IncomingRequest {

  /** Servlet 6.0 §3.9: the chain, which begins with the client's own certificate. */
  private static final String CERTIFICATES = "jakarta.servlet.request.X509Certificate";

  private final HttpServletRequest request;
  private final ClientAddresses addresses;
  private final OriginCheck origin;
  private final Credentials credentials;
  private @Nullable String clientAddress;
  private @Nullable String hashPrefix;

  public IncomingRequest(
      HttpServletRequest request, OriginPolicy origins, ClientAddresses addresses) {
    this(request, origins, addresses, false);
  }

  /**
   * Reads a request.
   *
   * @param dpop whether the scheme DPoP is accepted beside Bearer
   */
  public IncomingRequest(
      HttpServletRequest request, OriginPolicy origins, ClientAddresses addresses, boolean dpop) {
    this.request = request;
    this.addresses = addresses;
    this.origin = origins.check(request);
    this.credentials = RequestCredentials.of(request, dpop);
  }

  public String method() {
    return request.getMethod();
  }

  /** The result of checking the {@code Origin} header. */
  public OriginCheck origin() {
    return origin;
  }

  public Credentials credentials() {
    return credentials;
  }

  /**
   * The value of a header that may occur once.
   *
   * @return null if it is absent or occurs several times; see {@link #hasHeader}
   */
  public @Nullable String onlyHeader(String name) {
    Enumeration<String> values = request.getHeaders(name);
    String first = values.hasMoreElements() ? values.nextElement() : null;
    return values.hasMoreElements() ? null : first;
  }

  public boolean hasHeader(String name) {
    return request.getHeader(name) != null;
  }

  /** The address of the connection's other end, as the container knows it; null if unknown. */
  public @Nullable String peerAddress() {
    return request.getRemoteAddr();
  }

  /** The certificate with which the connection's other end authenticated in TLS; null if none. */
  public @Nullable X509Certificate peerCertificate() {
    return request.getAttribute(CERTIFICATES) instanceof X509Certificate[] chain && chain.length > 0
        ? chain[0]
        : null;
  }

  /** The client address, for limits and logs, never for access decisions. */
  public String clientAddress() {
    if (clientAddress == null) {
      clientAddress = addresses.of(request);
    }
    return clientAddress;
  }

  /** The first 8 hex digits of the token's SHA-256, or a dash if there is no token. */
  public String hashPrefix() {
    if (hashPrefix == null) {
      hashPrefix = credentials instanceof BearerToken token ? token.hashPrefix() : "-";
    }
    return hashPrefix;
  }

  /** Removes the token from a text, for example one sent by the authorization server. */
  public String withoutToken(String text) {
    return credentials instanceof BearerToken token
        ? text.replace(token.value(), "(the token)")
        : text;
  }

  /** The called tool according to the headers; not verified against the body. */
  public Optional<String> tool() {
    return "tools/call".equals(request.getHeader("Mcp-Method"))
        ? Optional.ofNullable(request.getHeader("Mcp-Name"))
            .map(name -> EncodedHeader.decode(name).orElse(name))
        : Optional.empty();
  }
}
