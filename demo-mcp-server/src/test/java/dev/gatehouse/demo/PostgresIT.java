package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The jar with PostgreSQL as the database of its authorization server. */
class PostgresIT {

  @Test
  void authorizationServerDataInPostgresSurvivesAKill() throws Exception {
    try (EmbeddedPostgres postgres =
        EmbeddedPostgres.builder().setPGStartupWait(Duration.ofMinutes(2)).start()) {
      Map<String, String> environment =
          Map.of(
              "GATEHOUSE_DB_URL",
              "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres",
              "GATEHOUSE_DB_USER",
              "postgres",
              "GATEHOUSE_DB_PASSWORD",
              "any-will-do");
      int port;
      String origin;
      PublicClient application;
      PublicClient.Tokens ofAlice;
      PublicClient.Tokens ofBob;
      try (DemoProcess demo = DemoProcess.started(environment, "--port", "0")) {
        port = URI.create(demo.line("curl ").substring("curl -i ".length())).getPort();
        origin = "http://127.0.0.1:" + port;
        application = PublicClient.register(origin, origin + "/mcp");
        ofAlice = application.logIn(new Browser(), "alice");
        ofBob = application.logIn(new Browser(), "bob");
        assertThat(application.revoke(ofBob.refresh())).isEqualTo(200);
        demo.kill();
      }
      try (DemoProcess demo = DemoProcess.started(environment, "--port", "" + port)) {
        assertThat(TokenEndpoint.isActive(origin, ofAlice.access())).isTrue();
        assertThat(TokenEndpoint.isActive(origin, ofBob.access())).isFalse();
        assertThat(application.refresh(ofAlice).access()).isNotEqualTo(ofAlice.access());
        assertThat(application.refreshResponse(ofBob).statusCode()).isEqualTo(400);
        demo.terminate();
        assertThat(demo.errors()).doesNotContain("WARN", "ERROR", "\tat ", "any-will-do");
      }
    }
  }
}
