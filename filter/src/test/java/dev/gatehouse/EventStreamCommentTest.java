package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.Secrets;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The comment that opens an event stream, and the responses that must not contain it. */
class EventStreamCommentTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  /** Writes a complete event stream. */
  @FunctionalInterface
  private interface Writing {
    void write(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException;
  }

  private static Arguments row(String name, String expected, Writing writing) {
    return Arguments.of(name, expected, writing);
  }

  private static final String EVENT = "data: 1\n\n";

  /** A response of this kind, written by the writer after this change. */
  private static Writing after(Consumer<HttpServletResponse> change) {
    return (request, response) -> {
      AsyncContext async = request.startAsync();
      response.setContentType("text/event-stream");
      change.accept(response);
      response.getWriter().print(EVENT);
      async.complete();
    };
  }

  /** The same, but without async processing. */
  private static Writing sync(Consumer<PrintWriter> change) {
    return (request, response) -> {
      response.setContentType("text/event-stream");
      PrintWriter writer = response.getWriter();
      change.accept(writer);
      writer.print(EVENT);
    };
  }

  /** The same, but async processing starts after this. */
  private static Writing beforeAsync(Writing writing) {
    return (request, response) -> {
      response.setContentType("text/event-stream");
      writing.write(request, response);
      AsyncContext async = request.startAsync();
      response.getWriter().print(EVENT);
      async.complete();
    };
  }

  static Stream<Arguments> eventStreams() {
    return Stream.of(
        row("a writer", ":\n\n" + EVENT, after(response -> {})),
        row("UTF-8", ":\n\n" + EVENT, after(response -> response.setCharacterEncoding("UTF-8"))),
        row(
            "a writer fetched twice",
            ":\n\n" + EVENT + EVENT,
            after(EventStreamCommentTest::writeFirst)),
        row(
            "a type with capitals and a parameter",
            ":\n\n" + EVENT,
            after(response -> response.setContentType("Text/Event-Stream ; charset=UTF-8"))),
        row(
            "a type that begins alike",
            EVENT,
            after(response -> response.setContentType("text/event-stream-archive"))),
        row(
            "an announced length",
            ":\n\n" + EVENT,
            after(response -> response.setContentLength(9))),
        row(
            "a content coding",
            EVENT,
            after(response -> response.setHeader("Content-Encoding", "x-test"))),
        row(
            "UTF-16",
            "d\0a\0t\0a\0:\0 \0001\0\n\0\n\0",
            after(response -> response.setCharacterEncoding("UTF-16LE"))),
        row("an error", EVENT, after(response -> response.setStatus(404))),
        row(
            "a type set after the first write",
            ":\n\n" + EVENT + EVENT,
            (request, response) -> {
              response.getWriter().print(EVENT);
              after(late -> {}).write(request, response);
            }),
        row(
            "a reset before the stream",
            ":\n\n" + EVENT,
            (request, response) -> {
              response.getWriter().print("lost");
              response.reset();
              after(clean -> {}).write(request, response);
            }),
        row(
            "a reset after half an error",
            ":\n\n" + EVENT,
            (request, response) -> {
              response.setContentType("text/event-stream");
              response
                  .getWriter()
                  .print("data: {\"jsonrpc\":\"2.0\",\"error\":{\"x\":\"" + "x".repeat(9000));
              response.reset();
              after(clean -> {}).write(request, response);
            }),
        row(
            "a buffer that was reset",
            ":\n\n" + EVENT,
            beforeAsync(
                (request, response) -> {
                  response.getWriter().print("lost");
                  response.resetBuffer();
                })),
        row(
            "another body after a reset",
            ":\n\n" + EVENT,
            (request, response) -> {
              response.getOutputStream().print("lost");
              response.reset();
              beforeAsync((again, clean) -> clean.getWriter()).write(request, response);
            }),
        row("no async processing", EVENT, sync(writer -> {})),
        row("a flush of the writer", ":\n\n" + EVENT, sync(PrintWriter::flush)),
        row("a writer that is closed", EVENT + "#", sync(EventStreamCommentTest::close)),
        row(
            "other ways to write",
            "d1true-2\n2.0x\n" + EVENT,
            sync(EventStreamCommentTest::format)),
        row("a check of the writer", ":\n\n" + EVENT, sync(PrintWriter::checkError)),
        row(
            "a flush of the writer after an event",
            EVENT + EVENT,
            sync(EventStreamCommentTest::printAndFlush)),
        row(
            "a flush of the response",
            ":\n\n" + EVENT,
            (request, response) -> {
              response.setContentType("text/event-stream");
              response.getWriter();
              response.flushBuffer();
              response.getWriter().print(EVENT);
            }),
        row(
            "async after the writer",
            ":\n\n" + EVENT,
            beforeAsync((request, response) -> response.getWriter())),
        row(
            "async after half an event",
            ":\n\ndata: 0\ndata: 1\n\n",
            beforeAsync((request, response) -> response.getWriter().print("data: 0\n"))),
        row(
            "async after a line end",
            ":\n\n\n" + EVENT,
            beforeAsync((request, response) -> response.getWriter().println())),
        row(
            "async after a character",
            ":\n\n\n" + EVENT,
            beforeAsync((request, response) -> response.getWriter().write('\n'))),
        row(
            "async after characters",
            ":\n\n\n\n" + EVENT,
            beforeAsync(
                (request, response) -> response.getWriter().write(new char[] {'\n', '\n'}))),
        row(
            "async after half an event in the output stream",
            ":\n\ndata: 1\n\n",
            EventStreamCommentTest::writeOctets),
        row("a write listener", ":\n\n" + EVENT, EventStreamCommentTest::writeWhenPossible),
        row(
            "a forward",
            ":\n\n" + EVENT,
            (request, response) ->
                request.getRequestDispatcher("/again").forward(request, response)));
  }

  private static void writeWhenPossible(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    AsyncContext async = request.startAsync();
    response.setContentType("text/event-stream");
    ServletOutputStream out = response.getOutputStream();
    out.setWriteListener(
        new WriteListener() {
          private boolean written;

          @Override
          public void onWritePossible() throws IOException {
            if (!written) {
              written = true;
              out.write(EVENT.getBytes(StandardCharsets.UTF_8));
            }
            if (out.isReady()) {
              async.complete();
            }
          }

          @Override
          public void onError(Throwable error) {
            async.complete();
          }
        });
  }

  private static void writeOctets(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("text/event-stream");
    ServletOutputStream out = response.getOutputStream();
    out.write('d');
    out.write("ata: ".getBytes(StandardCharsets.UTF_8));
    AsyncContext async = request.startAsync();
    out.print("1\n\n");
    out.close();
    async.complete();
  }

  private static void close(PrintWriter writer) {
    writer.append(EVENT).append('#').close();
  }

  private static void format(PrintWriter writer) {
    writer.printf("%s%d", "d", 1);
    writer.print(true);
    writer.append("x-2\n", 1, 4);
    writer.print(2.0);
    writer.print(new char[] {'x'});
    writer.write("\n");
  }

  private static void printAndFlush(PrintWriter writer) {
    writer.print(EVENT);
    writer.flush();
  }

  private static void writeFirst(HttpServletResponse response) {
    try {
      response.getWriter().print(EVENT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("eventStreams")
  void aCommentOpensAStreamAndDamagesNone(String name, String expected, Writing writing)
      throws Exception {
    HttpServlet servlet =
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response)
              throws IOException, ServletException {
            boolean again = request.getServletPath().equals("/again");
            (again ? after(fresh -> {}) : writing).write(request, response);
          }
        };
    assertThat(bodyOf("/mcp", servlet)).isEqualTo(expected);
  }

  @Test
  void anIncludedServletAddsNoCommentToTheStreamOfAnother() throws Exception {
    HttpServlet included =
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            response.getWriter().print("1\n\n");
          }
        };
    assertThat(bodyOf("/unprotected", included)).isEqualTo(EVENT);
  }

  /** Begins an event whose rest the protected servlet writes. */
  private static final class Including extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
      response.setContentType("text/event-stream");
      response.getWriter().print("data: ");
      request.getRequestDispatcher("/mcp").include(request, response);
    }
  }

  private static String bodyOf(String path, HttpServlet servlet) throws Exception {
    try (var as = new FakeAuthorizationServer();
        var server =
            EventStreamTest.guarding(
                servlet,
                as,
                context -> {
                  ProtectedServer.addServlet(
                      context, "unprotected", new Including(), "/unprotected");
                  context.getServletRegistration("mcp").addMapping("/again");
                  EventStreamTest.addLateFlush(context);
                })) {
      String request =
          RawClient.request("GET " + path, List.of("Authorization: Bearer " + Secrets.token()));
      return RawClient.send(server.port(), request).body();
    }
  }
}
