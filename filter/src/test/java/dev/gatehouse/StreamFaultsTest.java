package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams of servlets that do unusual things, and of clients that want to delay the end. */
class StreamFaultsTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  @TempDir Path directory;

  /** Opens a stream and, when the test says so, goes on with it. */
  private static final class Steps extends HttpServlet {

    private static final long serialVersionUID = 1L;

    /** What the servlet does. */
    interface Step {
      void run(HttpServletRequest request, HttpServletResponse response)
          throws IOException, ServletException;
    }

    private final transient Step first;
    private final transient Step second;
    final transient CountDownLatch firstDone;
    final transient CountDownLatch goOn = new CountDownLatch(1);

    Steps(int requests, Step first, Step second) {
      this.firstDone = new CountDownLatch(requests);
      this.first = first;
      this.second = second;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
      if (request.getHeader("X-Plain") != null) {
        response.setContentType("application/json");
        response.getWriter().print("{}");
        return;
      }
      first.run(request, response);
      firstDone.countDown();
      await(goOn);
      second.run(request, response);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void writeFirst(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("text/event-stream");
    response.getWriter().print("data: first\n\n");
    response.getWriter().flush();
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void asyncProcessingThatStartsAfterTheEndOfItsTokenCompletes(Container container)
      throws Exception {
    Steps servlet =
        new Steps(
            1,
            StreamFaultsTest::writeFirst,
            (request, response) -> request.startAsync().setTimeout(0));
    try (StreamFixture fixture = new StreamFixture(container, servlet, directory);
        var client = fixture.new Connection("POST", Secrets.token())) {
      await(servlet.firstDone);
      fixture.filter.cache().evictAll();
      client.awaitEnd();
      fixture.awaitNoStreams();
      servlet.goOn.countDown();

      client.sendAgain("POST", Secrets.token(), "X-Plain: 1");
      client.await("{}"); // the container has finished the first request
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void clientsThatDoNotReadDoNotDelayTheEndOfOtherStreams(Container container) throws Exception {
    int slow = 8;
    Steps servlet =
        new Steps(
            slow + 1,
            (request, response) -> {
              response.setContentType("text/event-stream");
              if (request.getHeader("X-Slow") != null) {
                response.setBufferSize(20_000_000);
                response.getWriter().print("data: much\n\n".repeat(1_000_000)); // not yet sent
              } else {
                writeFirst(request, response);
              }
            },
            (request, response) -> {});
    try (StreamFixture fixture = new StreamFixture(container, servlet, directory)) {
      List<StreamFixture.Connection> clients = new ArrayList<>();
      try {
        for (int i = 0; i < slow; i++) {
          clients.add(fixture.new Connection("POST", "slow" + i, "X-Slow: 1"));
        }
        try (var other = fixture.new Connection("POST", "other")) {
          await(servlet.firstDone);
          for (int i = 0; i < slow; i++) {
            fixture.filter.cache().evictToken("slow" + i);
          }
          fixture.filter.cache().evictToken("other");
          other.awaitEnd();
        }
      } finally {
        for (var client : clients) {
          client.close();
        }
        servlet.goOn.countDown();
      }
      fixture.awaitNoStreams();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void aServletMayPassOnTheFailureOfItsWrites(Container container) throws Exception {
    Steps servlet =
        new Steps(
            1,
            (request, response) -> {
              response.setContentType("text/event-stream");
              response.getOutputStream().print("data: first\n\n");
              response.flushBuffer();
            },
            (request, response) -> response.getOutputStream().print("data: second\n\n"));
    try (StreamFixture fixture = new StreamFixture(container, servlet, directory);
        var client = fixture.new Connection("POST", Secrets.token())) {
      await(servlet.firstDone);
      fixture.filter.cache().evictAll();
      client.awaitEnd();
      servlet.goOn.countDown();
      client.sendAgain("POST", Secrets.token(), "X-Plain: 1");
      client.await("{}");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"UNDERTOW_16", "TOMCAT_32", "JETTY_64"})
  void aStreamWhoseTypeIsSetAfterItsFirstCharactersEndsToo(Container container) throws Exception {
    Steps servlet =
        new Steps(
            1,
            (request, response) -> {
              PrintWriter writer = response.getWriter();
              writer.print("data: first\n\n");
              response.setContentType("text/event-stream");
              writer.flush();
            },
            (request, response) -> {});
    try (StreamFixture fixture = new StreamFixture(container, servlet, directory);
        var client = fixture.new Connection("POST", Secrets.token())) {
      await(servlet.firstDone);
      client.await("first");
      assertThat(client.received()).contains("text/event-stream");
      fixture.filter.cache().evictAll();
      client.awaitEnd();
      servlet.goOn.countDown();
    }
  }
}
