import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An introspection endpoint of no thoughts: {@code /N} answers after N ms. Over HTTP/1.1 a bare
 * socket with one thread a connection; over TLS with ALPN, Jetty's HTTP/2.
 */
final class StubServer {

  static final String BODY =
      "{\"active\":true,\"iss\":\"https://as.example\",\"sub\":\"0a1b2c3d-1111-2222-3333-444455556666\","
          + "\"aud\":\"https://mcp.example/mcp\",\"client_id\":\"mcp-inspector\",\"scope\":\"mcp:read"
          + " mcp:write\",\"token_type\":\"Bearer\",\"iat\":1790000000,\"exp\":4000000000}";

  private static final byte[] ANSWER =
      ("HTTP/1.1 200 OK\r\nDate: Wed, 25 Nov 2026 12:00:00 GMT\r\nContent-Type: application/json\r\n"
              + "Cache-Control: no-store\r\nContent-Length: "
              + BODY.length()
              + "\r\n\r\n"
              + BODY)
          .getBytes(StandardCharsets.ISO_8859_1);

  private static final AtomicInteger accepted = new AtomicInteger();

  private StubServer() {}

  public static void main(String[] arguments) throws Exception {
    SSLContext tls = context(KeyStore.getInstance(new java.io.File(arguments[0]), Keys.PASSWORD));
    ServerSocket plain = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
    ServerSocket secure =
        tls.getServerSocketFactory().createServerSocket(0, 512, InetAddress.getLoopbackAddress());
    serve(plain);
    serve(secure);
    int h2 = startHttp2(tls);
    System.out.println(plain.getLocalPort() + " " + secure.getLocalPort() + " " + h2);
    while (System.in.read() >= 0) { // one line a question: how many connections there have been
      System.in.skip(System.in.available());
      System.out.println(accepted.getAndSet(0));
    }
    System.exit(0);
  }

  private static SSLContext context(KeyStore keys) throws Exception {
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, Keys.PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private static void serve(ServerSocket listener) {
    Thread acceptor =
        new Thread(
            () -> {
              while (true) {
                try {
                  Socket socket = listener.accept();
                  accepted.incrementAndGet();
                  Thread thread = new Thread(() -> converse(socket));
                  thread.setDaemon(true);
                  thread.start();
                } catch (IOException e) {
                  return;
                }
              }
            });
    acceptor.setDaemon(true);
    acceptor.start();
  }

  private static void converse(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      OutputStream out = socket.getOutputStream();
      byte[] line = new byte[8192];
      while (true) {
        int length = readLine(in, line);
        if (length < 0) {
          return;
        }
        int delay = line[6] - '0'; // POST /N
        int body = 0;
        while ((length = readLine(in, line)) > 0) {
          String header = new String(line, 0, length, StandardCharsets.ISO_8859_1);
          if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
            body = Integer.parseInt(header.substring(15).trim());
          }
        }
        in.skipNBytes(body);
        if (delay > 0) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(delay));
        }
        out.write(ANSWER);
        out.flush();
      }
    } catch (IOException e) {
      return; // the client has hung up
    }
  }

  private static int readLine(InputStream in, byte[] line) throws IOException {
    int length = 0;
    while (true) {
      int c = in.read();
      if (c < 0) {
        return -1;
      }
      if (c == '\n') {
        return length;
      }
      if (c != '\r') {
        line[length++] = (byte) c;
      }
    }
  }

  private static int startHttp2(SSLContext tls) throws Exception {
    QueuedThreadPool threads = new QueuedThreadPool(80);
    threads.setDaemon(true);
    Server server = new Server(threads);
    HttpConfiguration configuration = new HttpConfiguration();
    configuration.addCustomizer(new org.eclipse.jetty.server.SecureRequestCustomizer(false));
    var alpn = new ALPNServerConnectionFactory();
    alpn.setDefaultProtocol("http/1.1");
    SslContextFactory.Server ssl = new SslContextFactory.Server();
    ssl.setSslContext(tls);
    var h2 = new HTTP2ServerConnectionFactory(configuration);
    h2.setRateControlFactory(new org.eclipse.jetty.http2.RateControl.Factory() {});
    ServerConnector connector =
        new ServerConnector(
            server,
            1,
            1,
            new SslConnectionFactory(ssl, alpn.getProtocol()),
            alpn,
            h2,
            new HttpConnectionFactory(configuration));
    connector.setHost("127.0.0.1");
    connector.addBean(
        new org.eclipse.jetty.io.Connection.Listener() {
          @Override
          public void onOpened(org.eclipse.jetty.io.Connection connection) {
            if (connection instanceof org.eclipse.jetty.io.ssl.SslConnection) {
              accepted.incrementAndGet();
            }
          }
        });
    server.addConnector(connector);
    ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            Content.Source.consumeAll(request);
            response.getHeaders().put("Content-Type", "application/json");
            response.getHeaders().put("Cache-Control", "no-store");
            Runnable answer =
                () ->
                    response.write(
                        true,
                        ByteBuffer.wrap(BODY.getBytes(StandardCharsets.ISO_8859_1)),
                        callback);
            int delay = request.getHttpURI().getPath().charAt(1) - '0';
            if (delay > 0) {
              timer.schedule(answer, delay, TimeUnit.MILLISECONDS);
            } else {
              answer.run();
            }
            return true;
          }
        });
    server.start();
    return connector.getLocalPort();
  }
}
