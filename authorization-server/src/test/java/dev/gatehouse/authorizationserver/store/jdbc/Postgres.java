package dev.gatehouse.authorizationserver.store.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;

/** Starts a real PostgreSQL on a port of its own. */
final class Postgres {

  private Postgres() {}

  /** Waits as long as a busy machine may need. */
  static EmbeddedPostgres start() throws IOException {
    return EmbeddedPostgres.builder().setPGStartupWait(Duration.ofMinutes(2)).start();
  }
}
