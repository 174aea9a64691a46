package dev.gatehouse.internal.http;

import dev.gatehouse.internal.reload.Reloadable;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A forward proxy (RFC 9110 §3.7), to which we connect by plain http. It resolves the names of
 * servers, and only it gets the credentials.
 *
 * @param credentials null for none; sent without waiting for a 407
 */
public record ForwardProxy(
    String host, int port, @Nullable Reloadable<ProxyCredentials> credentials) {

  static final String AUTHORIZATION = "Proxy-Authorization";

  /** Chooses the way to a server. Implementations are thread-safe. */
  @FunctionalInterface
  public interface Choice {
    /**
     * The proxy for this server; null to connect directly.
     *
     * @throws ProxyException if there is no usable way
     */
    @Nullable ForwardProxy proxyFor(URI server) throws ProxyException;
  }

  /** The newest credentials; null if there are none. */
  @Nullable ProxyCredentials currentCredentials() {
    return credentials == null ? null : credentials.get();
  }

  /**
   * The failure of a request that the proxy refused. Another attempt makes sense if the proxy could
   * not reach the server, or if the credentials in the file have just been replaced.
   *
   * @param sent the credentials of the request; null if there were none
   */
  ProxyException refusal(int status, @Nullable ProxyCredentials sent) {
    String problem = "the proxy " + this + " responded with " + status;
    if (status != 407) {
      return status >= 500
          ? ProxyException.temporary(problem, null)
          : ProxyException.lasting(problem + "; allow connections to this server there");
    }
    if (credentials == null) {
      return ProxyException.lasting(problem + "; set proxy-credentials-file");
    }
    return credentials.hasChangedSince(sent)
        ? ProxyException.temporary(problem, null)
        : ProxyException.lasting(problem + "; correct proxy-credentials-file");
  }

  ProxyException failure(String what, IOException cause) {
    return ProxyException.temporary("the proxy " + this + " " + what + ": " + cause, cause);
  }

  /** Host and port as in a URI (RFC 3986 §3.2). */
  static String authority(String host, int port) {
    boolean bareIpv6 = host.indexOf(':') >= 0 && !host.startsWith("[");
    return (bareIpv6 ? "[" + host + "]" : host) + ":" + port;
  }

  /** Prints the address alone. */
  @Override
  public String toString() {
    return "http://" + authority(host, port);
  }
}
