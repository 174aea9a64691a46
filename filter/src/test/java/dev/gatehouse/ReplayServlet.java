package dev.gatehouse;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.gatehouse.internal.mcp.BodyReplay;
import dev.gatehouse.internal.mcp.McpBodyReader;
import dev.gatehouse.internal.refusal.ErrorResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;

/** Reads the body of a request in the way that the parameter {@code mode} says, and returns it. */
final class ReplayServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  /** Passes on bodies that it can read. It does nothing else of what the product does. */
  static final class BodyFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final String ATTRIBUTE = BodyFilter.class.getName();

    /** For each request, whether it has been passed on. */
    final transient BlockingQueue<Boolean> passedOn = new LinkedBlockingQueue<>();

    private final transient McpBodyReader reader;

    BodyFilter(int maxBytes) {
      reader = new McpBodyReader(maxBytes);
    }

    @Override
    protected void doFilter(
        HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      Optional<BodyReplay> replay =
          request.getDispatcherType() == DispatcherType.REQUEST
              ? read(request, response)
              : Optional.of(((BodyReplay) request.getAttribute(ATTRIBUTE)).continuedIn(request));
      passedOn.add(replay.isPresent());
      if (replay.isPresent()) {
        chain.doFilter(replay.get(), response);
      }
    }

    private Optional<BodyReplay> read(HttpServletRequest request, HttpServletResponse response) {
      McpBodyReader.Outcome outcome = reader.read(request);
      if (outcome instanceof McpBodyReader.Read read) {
        BodyReplay replay = BodyReplay.of(request, read.body());
        request.setAttribute(ATTRIBUTE, replay);
        return Optional.of(replay);
      }
      var refusal = ((McpBodyReader.Unreadable) outcome).refusal();
      response.setStatus(ErrorResponse.to(refusal.reason()).status());
      return Optional.empty();
    }
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException, ServletException {
    boolean first = request.getDispatcherType() == DispatcherType.REQUEST;
    switch (request.getParameter("mode")) {
      case "stream" -> respond(response, request.getInputStream().readAllBytes());
      case "single" -> respond(response, byteByByte(request.getInputStream()));
      case "reader" -> respond(response, read(request).getBytes(UTF_8));
      case "headers" -> respond(response, headers(request).getBytes(UTF_8));
      case "trailers" -> respond(response, trailers(request).getBytes(UTF_8));
      case "both" -> respond(response, bothWays(request).getBytes(UTF_8));
      case "listener" -> listen(request, response, request.startAsync());
      case "late" -> listenLate(request, response, request.startAsync());
      case "async" -> half(request, response, first, () -> request.startAsync().dispatch());
      case "wrapped" ->
          half(request, response, first, () -> request.startAsync(request, response).dispatch());
      case "forward" ->
          half(
              request,
              response,
              first,
              () -> request.getRequestDispatcher("/mcp?mode=forward").forward(request, response));
      default -> throw new ServletException("unknown mode");
    }
  }

  private static void respond(HttpServletResponse response, byte[] body) throws IOException {
    response.setContentType("application/octet-stream");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  private static byte[] byteByByte(ServletInputStream input) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int next = input.read(); next >= 0; next = input.read()) {
      bytes.write(next);
    }
    return bytes.toByteArray();
  }

  private static String read(HttpServletRequest request) throws IOException {
    return request.getReader().lines().collect(Collectors.joining("\n"));
  }

  private static String headers(HttpServletRequest request) {
    return request.getContentLength()
        + " "
        + request.getContentLengthLong()
        + " "
        + request.getIntHeader("content-length")
        + " "
        + Collections.list(request.getHeaders("CONTENT-LENGTH"))
        + " "
        + request.getHeader("Transfer-Encoding")
        + " "
        + Collections.list(request.getHeaderNames()).stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .filter(name -> name.equals("content-length") || name.equals("transfer-encoding"))
            .toList()
        + " "
        + request.getCharacterEncoding();
  }

  private static String trailers(HttpServletRequest request) {
    return request.isTrailerFieldsReady() + " " + request.getTrailerFields();
  }

  private static String bothWays(HttpServletRequest request) throws IOException {
    request.getInputStream();
    try {
      request.getReader();
      return "both";
    } catch (IllegalStateException e) {
      try {
        request.getInputStream().setReadListener(null);
      } catch (NullPointerException nothing) {
        try {
          request.getInputStream().setReadListener(new Collector(request.getInputStream()));
        } catch (IllegalStateException notAsynchronous) {
          return "either";
        }
      }
      return "a listener without startAsync";
    }
  }

  /** A step that may fail as a servlet may. */
  private interface Step {
    void run() throws IOException, ServletException;
  }

  /** Reads half of the body in the first dispatch, and the rest in the second one. */
  private static void half(
      HttpServletRequest request, HttpServletResponse response, boolean first, Step dispatch)
      throws IOException, ServletException {
    ServletInputStream input = request.getInputStream();
    if (first) {
      request.setAttribute("half", input.readNBytes(input.available() / 2));
      dispatch.run();
    } else {
      ByteArrayOutputStream whole = new ByteArrayOutputStream();
      whole.writeBytes((byte[]) request.getAttribute("half"));
      whole.writeBytes(input.readAllBytes());
      respond(response, whole.toByteArray());
    }
  }

  /** Collects what is ready, as listeners do. */
  private static class Collector implements ReadListener {
    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final ServletInputStream input;

    Collector(ServletInputStream input) {
      this.input = input;
    }

    void collect() throws IOException {
      byte[] buffer = new byte[7];
      while (input.isReady()) {
        bytes.write(buffer, 0, input.read(buffer));
      }
    }

    @Override
    public void onDataAvailable() throws IOException {
      collect();
    }

    @Override
    public void onAllDataRead() throws IOException {
      bytes.write('!');
    }

    @Override
    public void onError(Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static void listen(
      HttpServletRequest request, HttpServletResponse response, AsyncContext context)
      throws IOException {
    ServletInputStream input = request.getInputStream();
    input.setReadListener(
        new Collector(input) {
          @Override
          public void onAllDataRead() throws IOException {
            super.onAllDataRead();
            respond(response, bytes.toByteArray());
            context.complete();
          }
        });
  }

  /** Leaves the data to another thread, after the listener has returned. */
  private static void listenLate(
      HttpServletRequest request, HttpServletResponse response, AsyncContext context)
      throws IOException {
    ServletInputStream input = request.getInputStream();
    input.setReadListener(
        new Collector(input) {
          @Override
          public void onDataAvailable() {
            context.start(this::collectLater);
          }

          private void collectLater() {
            try {
              collect();
            } catch (IOException e) {
              onError(e);
            }
          }

          @Override
          public void onAllDataRead() throws IOException {
            super.onAllDataRead();
            respond(response, bytes.toByteArray());
            context.complete();
          }
        });
  }
}
