package dev.gatehouse.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.SystemProperties;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JVM's proxy properties, as the JDK documents them. */
class JvmProxiesTest {

  private final JvmProxies proxies = new JvmProxies(null);
  private final @Nullable ProxySelector before = ProxySelector.getDefault();
  private SystemProperties properties;

  @BeforeEach
  void clear() {
    properties =
        new SystemProperties(
            List.of(
                "http.proxyHost",
                "http.proxyPort",
                "https.proxyHost",
                "https.proxyPort",
                "http.nonProxyHosts",
                "socksProxyHost",
                "socksProxyPort"));
  }

  @AfterEach
  void restore() {
    properties.close();
    ProxySelector.setDefault(before);
  }

  private void set(String pairs) {
    for (String pair : pairs.split(" ", -1)) {
      int equals = pair.indexOf('=');
      properties.set(pair.substring(0, equals), pair.substring(equals + 1));
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      nullValues = "direct",
      textBlock =
          """
          https.proxyHost=p https.proxyPort=3128          | https://as.example/x       | http://p:3128
          https.proxyHost=p https.proxyPort=3128          | http://as.example/x        | direct
          http.proxyHost=p http.proxyPort=8080            | http://as.example/x        | http://p:8080
          http.proxyHost=p http.proxyPort=8080            | http://token_service:8080/ | http://p:8080
          http.proxyHost=p http.proxyPort=8080            | https://as.example/x       | direct
          http.proxyHost=p                                | http://as.example/x        | http://p:80
          https.proxyHost=p                               | https://as.example/x       | http://p:443
          https.proxyHost=p http.nonProxyHosts=as.*       | https://as.example/x       | direct
          https.proxyHost=p http.nonProxyHosts=*.example  | https://as.example/x       | direct
          'https.proxyHost=p http.nonProxyHosts=a|*.b_c'  | https://as.b_c/x           | direct
          https.proxyHost=p http.nonProxyHosts=*.example  | https://example/x          | http://p:443
          https.proxyHost=p http.nonProxyHosts=as.example | https://as.example.org/x   | http://p:443
          https.proxyHost=p                               | https://localhost/x        | direct
          https.proxyHost=p                               | https://127.0.0.1/x        | direct
          https.proxyHost=p socksProxyHost=s              | https://as.example/x       | http://p:443
          http.proxyHost=                                 | http://as.example/x        | direct
          """)
  void thePropertiesOfTheJdkDecide(String set, String server, @Nullable String expected)
      throws Exception {
    set(set);

    ForwardProxy found = proxies.proxyFor(URI.create(server));

    assertThat(found == null ? null : found.toString()).isEqualTo(expected);
  }

  @Test
  void withoutPropertiesThereIsNoProxy() throws Exception {
    assertThat(proxies.proxyFor(URI.create("https://as.example"))).isNull();
    ProxySelector.setDefault(null);
    assertThat(proxies.proxyFor(URI.create("https://as.example"))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://as.example", "https://as.example"})
  void aSocksProxyIsRefused(String server) {
    set("socksProxyHost=s");

    assertThatThrownBy(() -> proxies.proxyFor(URI.create(server)))
        .isInstanceOf(ProxyException.class)
        .hasMessageContainingAll("SOCKS proxy, which is not supported", "set https.proxyHost");
  }

  /** A selector that an application has installed. */
  private static final class Selector extends ProxySelector {
    private final List<Proxy> selected;

    Selector(List<Proxy> selected) {
      this.selected = selected;
    }

    @Override
    public List<Proxy> select(URI uri) {
      if (selected.isEmpty() && uri.getHost().startsWith("throw")) {
        throw new IllegalStateException("as the test demands");
      }
      return selected;
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {}
  }

  @Test
  void aSelectorOfTheApplicationDecides() throws Exception {
    URI server = URI.create("https://as.example");
    InetSocketAddress address = InetSocketAddress.createUnresolved("first", 1);
    ProxySelector.setDefault(
        new Selector(List.of(new Proxy(Proxy.Type.HTTP, address), Proxy.NO_PROXY)));
    assertThat(proxies.proxyFor(server)).hasToString("http://first:1");
    ProxySelector.setDefault(new Selector(List.of()));
    assertThat(proxies.proxyFor(server)).isNull();
    assertThatThrownBy(() -> proxies.proxyFor(URI.create("https://throw.example")))
        .isInstanceOf(ProxyException.class)
        .hasMessageContaining("the JVM's proxy selector failed");
    ProxySelector.setDefault(new Selector(Collections.singletonList(null)));
    assertThatThrownBy(() -> proxies.proxyFor(server))
        .isInstanceOf(ProxyException.class)
        .hasMessageContaining("the JVM's proxy selector failed");
  }
}
