package dev.gatehouse.internal.http;

import dev.gatehouse.internal.reload.Reloadable;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks the JVM's proxy selector at each connection. Unless the application has replaced it, it
 * reads {@code https.proxyHost}, {@code http.nonProxyHosts} and the other properties of the JDK's
 * "Networking Properties". If it names several proxies, the first is used.
 *
 * @param credentials for whichever proxy it names; null for none
 */
public record JvmProxies(@Nullable Reloadable<ProxyCredentials> credentials)
    implements ForwardProxy.Choice {

  @Override
  public @Nullable ForwardProxy proxyFor(URI server) throws ProxyException {
    ProxySelector selector = ProxySelector.getDefault();
    return selector == null ? null : use(first(selector, server));
  }

  private static Proxy first(ProxySelector selector, URI server) throws ProxyException {
    try {
      List<Proxy> proxies = selector.select(server);
      return proxies.isEmpty() ? Proxy.NO_PROXY : Objects.requireNonNull(proxies.get(0));
    } catch (RuntimeException e) { // of an application's own selector
      throw ProxyException.temporary("the JVM's proxy selector failed: " + e.getClass(), e);
    }
  }

  private @Nullable ForwardProxy use(Proxy proxy) throws ProxyException {
    if (proxy.type() == Proxy.Type.DIRECT) {
      return null;
    }
    if (proxy.type() == Proxy.Type.HTTP && proxy.address() instanceof InetSocketAddress address) {
      return new ForwardProxy(address.getHostString(), address.getPort(), credentials);
    }
    throw ProxyException.lasting(
        "the JVM's proxy settings name a SOCKS proxy, which is not supported; set https.proxyHost"
            + " (http.proxyHost for plain http), http.nonProxyHosts, or proxy");
  }
}
