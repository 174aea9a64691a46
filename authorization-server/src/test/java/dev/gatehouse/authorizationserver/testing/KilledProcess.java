package dev.gatehouse.authorizationserver.testing;

import dev.gatehouse.authorizationserver.store.IssuedToken;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.StoredToken;
import dev.gatehouse.authorizationserver.store.TokenKind;
import dev.gatehouse.authorizationserver.store.TokenStore;
import dev.gatehouse.authorizationserver.store.jdbc.JdbcStore;
import java.time.Instant;
import java.util.List;

/** Issues and revokes tokens, and prints each once it is stored, until it is killed. */
public final class KilledProcess {
  private KilledProcess() {}

  /** The argument is the JDBC URL. */
  public static void main(String[] arguments) {
    TokenStore tokens = JdbcStore.open(arguments[0], "sa", "").tokens();
    Instant now = Instant.parse("2026-11-21T12:00:00Z");
    while (true) {
      OpaqueToken issued = OpaqueToken.random();
      OpaqueToken revoked = OpaqueToken.random();
      tokens.save(
          List.of(
              new IssuedToken(issued.hash(), token(now)),
              new IssuedToken(revoked.hash(), token(now))));
      tokens.revoke(revoked.hash());
      System.out.println(issued.value() + " " + revoked.value());
      System.out.flush();
    }
  }

  private static StoredToken token(Instant now) {
    return StoredToken.builder(TokenKind.ACCESS, "client", now, now.plusSeconds(600)).build();
  }
}
