package dev.gatehouse.authorizationserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.RawConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Incomplete bodies on Tomcat, which counts bytes as available that are not content. */
class SlowBodiesOnTomcatTest {
  private static final int THREADS = 3;

  @TempDir Path directory;

  private final Tomcat tomcat = new Tomcat();
  private String origin = "";

  @BeforeEach
  void start() throws LifecycleException {
    tomcat.setBaseDir(directory.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.getConnector().setProperty("maxThreads", Integer.toString(THREADS));
    // As the guide says.
    tomcat.getConnector().setProperty("maxSwallowSize", "0");
    Context application = tomcat.addContext("", null);
    application.addServletContainerInitializer(
        (classes, context) -> Demo.withUsers("http://127.0.0.1:1").build().register(context),
        Set.of());
    tomcat.start();
    origin = "http://127.0.0.1:" + tomcat.getConnector().getLocalPort();
  }

  @AfterEach
  void stop() throws LifecycleException {
    tomcat.stop();
    tomcat.destroy();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          part of the first chunk's size | Transfer-Encoding: chunked | 10
          a chunk's endless extension    | Transfer-Encoding: chunked | 1;extension
          part of the second chunk       | Transfer-Encoding: chunked | 2\\r\\nab\\r\\n4;x\\r\\na
          part of a trailer              | Transfer-Encoding: chunked | 2\\r\\nab\\r\\n0\\r\\nX: a
          part of a body                 | Content-Length: 1000       | a
          """)
  void moreIncompleteBodiesThanThreadsDoNotKeepOtherCallersWaiting(
      String what, String header, String body) throws IOException {
    List<RawConnection> slow = new ArrayList<>();
    try {
      for (int i = 0; i < 3 * THREADS; i++) {
        RawConnection connection = new RawConnection(origin);
        slow.add(connection);
        connection.send(
            "POST /oauth/token HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n"
                + header
                + "\r\n\r\n"
                + body.translateEscapes());
      }

      try (RawConnection honest = new RawConnection(origin)) {
        honest.send("GET /oauth/jwks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(honest.untilClosed()).startsWith("HTTP/1.1 200 ");
      }
      // Otherwise, their deadline may have freed the threads.
      for (RawConnection connection : slow) {
        assertThat(connection.isAnswered()).as(what).isFalse();
      }
    } finally {
      for (RawConnection connection : slow) {
        connection.close();
      }
    }
  }
}
