package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams of servlets that write without blocking, and of which a part may wait to be sent. */
class StreamNonBlockingTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  /** How much the servlet writes. */
  private enum Amount {
    /** One small event. */
    LITTLE(100),
    /** Small events as long as the container is ready for more. */
    MANY(1_000),
    /** As {@code MANY}, but one does not fit into the buffers between the servlet and a client. */
    LARGE(12_000_000);

    private final int size;

    Amount(int size) {
      this.size = size;
    }

    byte[] event() {
      return ("data: " + "x".repeat(size) + "\n\n").getBytes(StandardCharsets.US_ASCII);
    }
  }

  private static final class NonBlocking extends HttpServlet {

    private static final long serialVersionUID = 1L;

    /** The servlet waits for a call by the container, or for the next event. */
    final transient CountDownLatch waiting = new CountDownLatch(1);

    final transient CountDownLatch failed = new CountDownLatch(1);
    final transient AtomicInteger failures = new AtomicInteger();
    private final Amount amount;

    NonBlocking(Amount amount) {
      this.amount = amount;
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
      AsyncContext async = request.startAsync();
      async.setTimeout(0);
      ServletOutputStream out = response.getOutputStream();
      byte[] event = amount.event();
      out.setWriteListener(
          new WriteListener() {
            @Override
            public void onWritePossible() throws IOException {
              if (amount == Amount.LITTLE) {
                out.write(event);
                assertThat(out.isReady()).isTrue();
                out.flush();
              } else {
                while (out.isReady()) {
                  out.write(event);
                }
              }
              waiting.countDown();
            }

            @Override
            public void onError(Throwable failure) {
              failures.incrementAndGet();
              failed.countDown();
              async.complete(); // which is ignored if the stream has ended
            }
          });
    }
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
  }

  static List<Arguments> containersAndAmounts() {
    List<Arguments> rows = new ArrayList<>();
    for (Container container :
        List.of(Container.UNDERTOW_16, Container.TOMCAT_32, Container.JETTY_64)) {
      for (Amount amount : Amount.values()) {
        rows.add(Arguments.of(container, amount));
      }
    }
    return rows;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("containersAndAmounts")
  void aStreamEndsAfterWhatItsServletHasWritten(Container container, Amount amount)
      throws Exception {
    NonBlocking servlet = new NonBlocking(amount);
    try (StreamFixture fixture = new StreamFixture(container, servlet, directory);
        var client = fixture.new Connection("GET", Secrets.token())) {
      await(servlet.waiting);
      fixture.filter.cache().evictAll();
      fixture.awaitNoStreams();

      client.awaitEnd();
      assertThat(client.received()).startsWith("HTTP/1.1 200").endsWith("x\n\n\r\n0\r\n\r\n");
      if (amount != Amount.LITTLE) {
        await(servlet.failed);
      }
      client.sendAgain("GET", Secrets.token(), "X-Plain: 1");
      client.await("{}"); // the container has finished the first request
      assertThat(servlet.failures).hasValue(amount == Amount.LITTLE ? 0 : 1);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void aStreamEndsWhileItsServletWrites(Container container) throws Exception {
    NonBlocking servlet = new NonBlocking(Amount.MANY);
    try (StreamFixture fixture = new StreamFixture(container, servlet, directory);
        var client = fixture.new Connection("GET", Secrets.token())) {
      client.await("data: xxx");
      Thread eviction = new Thread(() -> fixture.filter.cache().evictAll());
      eviction.start();
      client.awaitEnd(); // without pause, so that the servlet may always write
      eviction.join();
      assertThat(client.received()).endsWith("x\n\n\r\n0\r\n\r\n");
      await(servlet.failed);
      fixture.awaitNoStreams();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void aServletLearnsThatTheClientHasGoneAfterTheEnd(Container container) throws Exception {
    NonBlocking servlet = new NonBlocking(Amount.LARGE);
    try (StreamFixture fixture = new StreamFixture(container, servlet, directory)) {
      try (var client = fixture.new Connection("GET", Secrets.token())) {
        await(servlet.waiting);
        fixture.filter.cache().evictAll();
        fixture.awaitNoStreams(); // from now on, the end waits for the container
        client.await("data: xxx");
      }
      await(servlet.failed);
      fixture.awaitNoStreams();
    }
  }
}
