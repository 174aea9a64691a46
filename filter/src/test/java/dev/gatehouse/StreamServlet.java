package dev.gatehouse;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Opens an event stream for each request, in one of the ways in which servlets do. */
final class StreamServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  /** What the thread of the servlet does after it has opened the stream. */
  enum Kind {
    /** Returns; other threads write by the writer. */
    ASYNC,
    /** Returns; other threads write by the output stream. */
    ASYNC_OUTPUT,
    /** Waits for the end of the call although the stream is async, as the MCP Java SDK does. */
    ASYNC_BLOCKING,
    /** Waits for the end of the call; the stream is not async. */
    BLOCKING
  }

  /** A stream that a request has opened. */
  final class Stream {

    private final @Nullable AsyncContext async; // null if it is not async
    final HttpServletResponse response;
    final CountDownLatch returning = new CountDownLatch(1);
    final CountDownLatch returned = new CountDownLatch(1);

    Stream(@Nullable AsyncContext async, HttpServletResponse response) {
      this.async = async;
      this.response = response;
    }

    /** Whether the event could be written, as far as a servlet can know. */
    boolean send(String event) {
      try {
        if (kind == Kind.ASYNC_OUTPUT) {
          response.getOutputStream().print(event);
          response.getOutputStream().flush();
          return true;
        }
        PrintWriter writer = response.getWriter();
        writer.print(event);
        return !writer.checkError();
      } catch (IOException e) {
        return false;
      }
    }

    /** Ends the stream, as far as the servlet is concerned. */
    void complete() {
      if (async != null) {
        async.complete();
      }
    }

    /** Lets the servlet's thread return. */
    void release() {
      returning.countDown();
    }
  }

  final transient BlockingQueue<Stream> opened = new LinkedBlockingQueue<>();
  private final Kind kind;

  StreamServlet(Kind kind) {
    this.kind = kind;
  }

  /** The stream that was opened next. */
  Stream next() throws InterruptedException {
    Stream stream = opened.poll(60, TimeUnit.SECONDS);
    if (stream == null) {
      throw new AssertionError("no stream was opened");
    }
    return stream;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request.getHeader("X-Plain") != null) {
      response.setContentType("application/json");
      response.getWriter().print("{}");
      return;
    }
    response.setContentType("text/event-stream");
    response.setCharacterEncoding("UTF-8");
    @Nullable AsyncContext async = kind == Kind.BLOCKING ? null : request.startAsync();
    if (async != null) {
      async.setTimeout(0);
    }
    Stream stream = new Stream(async, response);
    if (!stream.send("data: first\n\n")) {
      stream.release();
    }
    opened.add(stream);
    if (kind == Kind.BLOCKING || kind == Kind.ASYNC_BLOCKING) {
      awaitRelease(stream);
      if (async != null) {
        async.complete();
      }
    }
    stream.returned.countDown();
  }

  private static void awaitRelease(Stream stream) {
    try {
      if (!stream.returning.await(60, TimeUnit.SECONDS)) {
        throw new AssertionError("the test did not release the servlet");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
