package dev.gatehouse.authorizationserver.store.jdbc;

import static dev.gatehouse.authorizationserver.store.jdbc.TokenRows.update;

import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.RateLimitFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Rate limits that all nodes over one PostgreSQL share. Thread-safe. */
final class JdbcRateLimitFactory implements RateLimitFactory {
  private final Transactions transactions;

  JdbcRateLimitFactory(Transactions transactions) {
    this.transactions = transactions;
  }

  @Override
  public RateLimit limit(String name, long capacity, Duration refill, InstantSource clock) {
    return new JdbcRateLimit(transactions, name, capacity, refill, clock);
  }

  @Override
  public void sweep(Instant now) {
    // One statement without an index: there are few rows, and an index would slow each charge.
    transactions.single(
        "sweeping counts",
        connection ->
            update(
                connection,
                "DELETE FROM gatehouse_limits WHERE full_at <= ?",
                JdbcRateLimit.micros(now)));
  }
}
