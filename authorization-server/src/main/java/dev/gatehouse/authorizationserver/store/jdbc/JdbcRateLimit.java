package dev.gatehouse.authorizationserver.store.jdbc;

import static dev.gatehouse.authorizationserver.store.jdbc.Columns.fill;
import static dev.gatehouse.authorizationserver.store.jdbc.TokenRows.update;
import static java.time.temporal.ChronoUnit.MICROS;

import dev.gatehouse.authorizationserver.store.RateLimit;
import dev.gatehouse.authorizationserver.store.TokenHash;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * A token bucket for each key, in a row of PostgreSQL. The row contains the time at which the
 * bucket is full again. Each attempt adds its share of the refill time and is refused if that time
 * would be more than one refill ahead. So one statement decides and charges, and rows with a past
 * time can be deleted.
 *
 * <p>Each node uses its own clock: one that is a second ahead allows the refill of one second more.
 */
final class JdbcRateLimit implements RateLimit {
  private static final Duration A_MOMENT = Duration.of(1, MICROS);

  private final Transactions transactions;
  private final String name;
  private final long refill;
  private final long share;
  private final InstantSource clock;

  JdbcRateLimit(
      Transactions transactions, String name, long capacity, Duration refill, InstantSource clock) {
    this.transactions = transactions;
    this.name = name;
    long micros = refill.toNanos() / 1_000;
    // Rounded up, so that the shares of all attempts that are allowed fill the whole time.
    this.share = capacity < 1 || micros < capacity ? 0 : (micros + capacity - 1) / capacity;
    this.refill = share * capacity;
    this.clock = clock;
    if (share < 1) {
      throw new IllegalArgumentException(
          "a rate limit of "
              + capacity
              + " in "
              + refill
              + "; write at least 1, and a microsecond or more for each");
    }
  }

  static long micros(Instant instant) {
    return MICROS.between(Instant.EPOCH, instant);
  }

  @Override
  public Optional<Duration> charge(String key) {
    String id = id(key);
    long now = micros(clock.instant());
    return transactions.single(
        "charging an attempt",
        connection -> {
          int charged =
              update(
                  connection,
                  """
                  INSERT INTO gatehouse_limits AS l (id, full_at) VALUES (?, ?)
                  ON CONFLICT (id) DO UPDATE SET full_at = GREATEST(l.full_at, ?) + ?
                  WHERE l.full_at <= ?
                  """,
                  id,
                  now + share,
                  now,
                  share,
                  now + refill - share);
          // Another node may have refunded a charge meanwhile; this attempt is refused all the
          // same.
          return charged == 1
              ? Optional.empty()
              : wait(connection, id, now).or(() -> Optional.of(A_MOMENT));
        });
  }

  @Override
  public Optional<Duration> check(String key) {
    String id = id(key);
    long now = micros(clock.instant());
    return transactions.single("checking a limit", connection -> wait(connection, id, now));
  }

  private Optional<Duration> wait(Connection connection, String id, long now) throws SQLException {
    try (PreparedStatement select =
            fill(
                connection.prepareStatement("SELECT full_at FROM gatehouse_limits WHERE id = ?"),
                id);
        ResultSet row = select.executeQuery()) {
      long wait = row.next() ? row.getLong(1) - (now + refill - share) : 0;
      return wait > 0 ? Optional.of(Duration.of(wait, MICROS)) : Optional.empty();
    }
  }

  @Override
  public void refund(String key) {
    transactions.single(
        "refunding an attempt",
        connection ->
            update(
                connection,
                "UPDATE gatehouse_limits SET full_at = full_at - ? WHERE id = ?",
                share,
                id(key)));
  }

  /** Hashed: of fixed length, and it does not reveal the client or the address. */
  private String id(String key) {
    return TokenHash.of(name + "\n" + key).value();
  }
}
