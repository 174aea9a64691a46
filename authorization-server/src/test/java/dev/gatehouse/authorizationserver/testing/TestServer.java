package dev.gatehouse.authorizationserver.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.Map;
import java.util.function.BiConsumer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** A Jetty server on a free port, and an HTTP client for it. */
public final class TestServer implements AutoCloseable {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private final Server jetty;
  private final String origin;

  private TestServer(
      Server jetty,
      HttpConfiguration http,
      String contextPath,
      BiConsumer<String, ServletContext> application) {
    this.jetty = jetty;
    ServerConnector connector = new ServerConnector(jetty, new HttpConnectionFactory(http));
    connector.setHost("127.0.0.1");
    connector.setPort(0);
    jetty.addConnector(connector);
    try {
      connector.open();
      this.origin = "http://127.0.0.1:" + connector.getLocalPort();
      ServletContextHandler context = new ServletContextHandler(contextPath);
      context.addServletContainerInitializer(
          (classes, servletContext) -> application.accept(origin, servletContext));
      jetty.setHandler(context);
      jetty.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Starts Jetty; the application gets its origin before it is registered. */
  public static TestServer start(BiConsumer<String, ServletContext> application) {
    return start("/", application);
  }

  public static TestServer start(
      String contextPath, BiConsumer<String, ServletContext> application) {
    return new TestServer(new Server(), new HttpConfiguration(), contextPath, application);
  }

  /** Starts a Jetty that has few threads. */
  public static TestServer start(
      QueuedThreadPool threads, BiConsumer<String, ServletContext> application) {
    return new TestServer(new Server(threads), new HttpConfiguration(), "/", application);
  }

  /** Starts Jetty with another configuration of HTTP. */
  public static TestServer start(
      HttpConfiguration http, BiConsumer<String, ServletContext> application) {
    return new TestServer(new Server(), http, "/", application);
  }

  public String origin() {
    return origin;
  }

  public HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(origin + path));
  }

  public HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return CLIENT.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public HttpResponse<String> get(String path) {
    return send(request(path).GET());
  }

  /** Posts a form without credentials. */
  public HttpResponse<String> post(String path, String form) {
    return send(form(path, form));
  }

  /** Posts a form with {@code client_secret_basic}. */
  public HttpResponse<String> post(String path, String clientId, String secret, String form) {
    return send(form(path, form).header("Authorization", basic(clientId, secret)));
  }

  public HttpRequest.Builder form(String path, String form) {
    return request(path)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(form));
  }

  public static String basic(String clientId, String secret) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((encode(clientId) + ":" + encode(secret)).getBytes(UTF_8));
  }

  public static String encode(String value) {
    return URLEncoder.encode(value, UTF_8);
  }

  public static Map<String, Object> json(HttpResponse<String> response) {
    try {
      return JSONObjectUtils.parse(response.body());
    } catch (ParseException e) {
      throw new AssertionError("not JSON: " + response.body(), e);
    }
  }

  /** Returns a member of the JSON that must be a string. */
  public static String text(HttpResponse<String> response, String name) {
    if (json(response).get(name) instanceof String text) {
      return text;
    }
    throw new AssertionError("no " + name + " in " + response.statusCode() + " " + response.body());
  }

  public static String header(HttpResponse<String> response, String name) {
    return String.join(" & ", response.headers().allValues(name));
  }

  @Override
  public void close() {
    try {
      jetty.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
