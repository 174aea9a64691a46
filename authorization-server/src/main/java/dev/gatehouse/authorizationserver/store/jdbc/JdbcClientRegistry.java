package dev.gatehouse.authorizationserver.store.jdbc;

import static dev.gatehouse.authorizationserver.store.jdbc.Columns.fill;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.join;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.split;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.text;
import static dev.gatehouse.authorizationserver.store.jdbc.Columns.textOrNull;
import static dev.gatehouse.authorizationserver.store.jdbc.TokenRows.update;

import dev.gatehouse.authorizationserver.store.ClientRegistry;
import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Configured clients, and a table of those that register later. Thread-safe. */
final class JdbcClientRegistry implements MutableClientRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcClientRegistry.class);
  private static final String NEVER_USED = "used_at IS NULL";

  private final Transactions transactions;
  private final ClientRegistry known;

  JdbcClientRegistry(Transactions transactions, ClientRegistry known) {
    this.transactions = transactions;
    this.known = known;
  }

  @Override
  public Optional<RegisteredClient> find(String clientId) {
    Optional<RegisteredClient> client = known.find(clientId);
    // PostgreSQL rejects NUL in a text, and no client id contains it.
    return client.isPresent() || clientId.indexOf('\0') >= 0 ? client : select(clientId);
  }

  private Optional<RegisteredClient> select(String clientId) {
    return transactions.single(
        "looking up a client",
        connection -> {
          try (PreparedStatement select =
                  fill(
                      connection.prepareStatement("SELECT * FROM gatehouse_clients WHERE id = ?"),
                      clientId);
              ResultSet row = select.executeQuery()) {
            return row.next() ? client(row) : Optional.empty();
          }
        });
  }

  private static Optional<RegisteredClient> client(ResultSet row) throws SQLException {
    RegisteredClient.Builder client =
        RegisteredClient.builder(text(row, "id"))
            .name(text(row, "name"))
            .secretHash(textOrNull(row, "secret_hash"))
            .grantTypes(members(row, "grant_types"))
            .scopes(members(row, "scopes"))
            .redirectUris(members(row, "redirect_uris"))
            .authMethods(members(row, "auth_methods"))
            .jwks(textOrNull(row, "jwks"))
            .jwksUri(textOrNull(row, "jwks_uri"))
            .selfRegistered(row.getBoolean("self_registered"))
            .dpopBoundAccessTokens(row.getBoolean("dpop_bound"))
            .certificateBoundAccessTokens(row.getBoolean("certificate_bound"));
    try {
      return Optional.of(client.build());
    } catch (IllegalArgumentException e) {
      // An earlier version accepted it. Unknown, so that the client registers again.
      LOG.info("stored client {} is ignored: its metadata is no longer valid", text(row, "id"));
      return Optional.empty();
    }
  }

  private static String[] members(ResultSet row, String column) throws SQLException {
    return split(text(row, column)).toArray(new String[0]);
  }

  @Override
  public void add(RegisteredClient client, Instant now) {
    if (client.mayIntrospect()) {
      throw new IllegalArgumentException(
          "client " + client.id() + " is a resource server; add it to the configured clients");
    }
    transactions.single(
        "storing a client",
        connection ->
            update(
                connection,
                """
                INSERT INTO gatehouse_clients (id, name, secret_hash, grant_types, scopes,
                  redirect_uris, auth_methods, jwks, jwks_uri, self_registered, registered_at,
                  dpop_bound, certificate_bound)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                client.id(),
                client.name(),
                client.secretHash().orElse(null),
                join(client.grantTypes()),
                join(client.scopes()),
                join(client.redirectUris()),
                join(client.authMethods()),
                client.jwks().orElse(null),
                client.jwksUri().orElse(null),
                client.selfRegistered(),
                now,
                client.dpopBoundAccessTokens(),
                client.certificateBoundAccessTokens()));
  }

  @Override
  public void recordUse(String clientId, Instant now) {
    if (known.find(clientId).isPresent()) {
      return;
    }
    transactions.single(
        "recording the use of a client",
        connection ->
            update(
                connection,
                "UPDATE gatehouse_clients SET used_at = ? WHERE id = ?",
                now,
                clientId));
  }

  @Override
  public int sweep(Instant registeredBefore, Instant usedBefore) {
    BatchedDelete clients = new BatchedDelete(transactions, "gatehouse_clients", "id");
    return clients.delete("used_at < ?", usedBefore)
        + clients.delete(NEVER_USED + " AND registered_at < ?", registeredBefore)
        + clients.deleteAfter(MAX_UNUSED_CLIENTS, "registered_at DESC", NEVER_USED);
  }
}
