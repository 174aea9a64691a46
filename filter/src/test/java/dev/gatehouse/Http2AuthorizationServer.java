package dev.gatehouse;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Jetty, offering HTTP/2 and HTTP/1.1 over TLS, or the latter alone. */
final class Http2AuthorizationServer implements AutoCloseable {

  /** Answers one request in its own way. */
  @FunctionalInterface
  interface Behaviour {
    void answer(Request request, Response response, Callback callback) throws Exception;
  }

  private final Server server = new Server();
  private final int port;
  private final List<String> protocols = new CopyOnWriteArrayList<>();
  private final Set<SocketAddress> connections = ConcurrentHashMap.newKeySet();
  private volatile Behaviour behaviour = json("{\"active\":false}");

  Http2AuthorizationServer(Path keyStore, int wantedPort, boolean http2) throws Exception {
    SslContextFactory.Server tls = new SslContextFactory.Server();
    tls.setKeyStorePath(keyStore.toString());
    tls.setKeyStorePassword(KeyStores.PASSWORD);
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.addCustomizer(new SecureRequestCustomizer(false));
    HttpConnectionFactory http1 = new HttpConnectionFactory(configuration);
    ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
    alpn.setDefaultProtocol(http1.getProtocol());
    ServerConnector connector =
        http2
            ? new ServerConnector(
                server,
                new SslConnectionFactory(tls, alpn.getProtocol()),
                alpn,
                new HTTP2ServerConnectionFactory(configuration),
                http1)
            : new ServerConnector(
                server, new SslConnectionFactory(tls, http1.getProtocol()), http1);
    connector.setHost("127.0.0.1");
    connector.setPort(wantedPort);
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            Content.Source.consumeAll(request);
            protocols.add(request.getConnectionMetaData().getProtocol());
            connections.add(request.getConnectionMetaData().getRemoteSocketAddress());
            behaviour.answer(request, response, callback);
            return true;
          }
        });
    server.start();
    port = connector.getLocalPort();
  }

  static Behaviour json(String body) {
    return (request, response, callback) -> {
      response.getHeaders().put("Content-Type", "application/json");
      Content.Sink.write(response, true, body, callback);
    };
  }

  void behave(Behaviour newBehaviour) {
    behaviour = newBehaviour;
  }

  int port() {
    return port;
  }

  String origin() {
    return "https://127.0.0.1:" + port;
  }

  /** Of each request. */
  List<String> protocols() {
    return List.copyOf(protocols);
  }

  /** How many requests have come over. */
  int connections() {
    return connections.size();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
