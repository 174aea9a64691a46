package dev.gatehouse;

import static dev.gatehouse.FilteredBodies.json;
import static dev.gatehouse.FilteredBodies.text;
import static dev.gatehouse.FilteredBodies.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.FilteredBodies.Action;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;

/** The ways in which a servlet may write its body. */
final class WaysOfWriting {

  private WaysOfWriting() {}

  /** Every way of writing a text; the names tell which. */
  static Map<String, Action> of(String type, String text) {
    Map<String, Action> ways = new TreeMap<>();
    ways.put("stream", (request, response) -> response.getOutputStream().write(utf8(text)));
    ways.put(
        "stream-closed",
        (request, response) -> {
          response.getOutputStream().write(utf8(text));
          response.getOutputStream().close();
        });
    ways.put(
        "stream-flushed",
        (request, response) -> {
          response.flushBuffer();
          for (int i = 0; i < 10; i++) {
            response.getOutputStream().write(utf8(text)[i]);
            response.getOutputStream().flush();
          }
          response.getOutputStream().write(utf8(text), 10, utf8(text).length - 10);
          response.flushBuffer();
        });
    ways.put(
        "stream-with-length",
        (request, response) -> {
          response.setContentLength(utf8(text).length);
          response.getOutputStream().write(utf8(text));
        });
    ways.put(
        "writer",
        (request, response) -> {
          PrintWriter writer = response.getWriter();
          for (int i = 0; i < 100; i++) {
            writer.write(text.charAt(i));
          }
          writer.append(text, 100, text.length());
        });
    ways.put(
        "writer-flushed",
        (request, response) -> {
          response.getWriter().write(text.substring(0, 40));
          response.getWriter().flush();
          response.getWriter().write(text.substring(40));
          assertThat(response.getWriter().checkError()).isFalse();
          assertThat(response.isCommitted()).isTrue();
        });
    ways.put(
        "async",
        (request, response) -> {
          AsyncContext async = request.startAsync();
          async.start(
              () -> {
                try {
                  response.getOutputStream().write(utf8(text));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
                async.complete();
              });
        });
    ways.put(
        "async-writer",
        (request, response) -> {
          PrintWriter writer = response.getWriter();
          AsyncContext async = request.startAsync();
          writer.write(text);
          writer.flush();
          async.complete();
        });
    for (int size : new int[] {1, 1000, 1 << 20}) {
      ways.put("listener-" + size, nonBlocking(text, size, false));
    }
    ways.put("listener-closed", nonBlocking(text, 5000, true));
    Map<String, Action> typed = new TreeMap<>();
    ways.forEach((name, way) -> typed.put(name, json(type, way)));
    return typed;
  }

  /** Writes a text in parts of this size, whenever the container is ready for one. */
  private static Action nonBlocking(String text, int size, boolean closes) {
    return (request, response) -> {
      AsyncContext async = request.startAsync();
      ServletOutputStream out = response.getOutputStream();
      byte[] bytes = utf8(text.length() > 10_000 && size == 1 ? text.substring(0, 100) : text);
      byte[] whole = text.length() > 10_000 && size == 1 ? utf8(text) : bytes;
      out.setWriteListener(
          new WriteListener() {
            private int at;

            @Override
            public void onWritePossible() throws IOException {
              while (out.isReady()) {
                if (at == whole.length) {
                  if (closes) {
                    out.close();
                  }
                  async.complete();
                  return;
                }
                int length = Math.min(at < bytes.length ? size : whole.length, whole.length - at);
                at += length;
                out.write(whole, at - length, length);
              }
            }

            @Override
            public void onError(Throwable failure) {
              async.complete();
            }
          });
    };
  }
}
