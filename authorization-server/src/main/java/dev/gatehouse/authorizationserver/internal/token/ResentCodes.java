package dev.gatehouse.authorizationserver.internal.token;

import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.StoredCode;
import dev.gatehouse.authorizationserver.store.TokenHash;
import dev.gatehouse.authorizationserver.store.TokenStore;

/**
 * The codes that browsers got more than once, because users clicked twice. A client may get such a
 * code twice, and redeem it twice, although it was not stolen.
 */
public final class ResentCodes {
  private final TokenStore tokens;

  public ResentCodes(TokenStore tokens) {
    this.tokens = tokens;
  }

  /** Records that a code is sent again. */
  public void add(OpaqueToken code, StoredCode meaning) {
    OpaqueToken mark = mark(code);
    // A used code, so that it is worth nothing, and is kept as long as the code itself.
    tokens.saveCode(
        mark.hash(),
        meaning.asRedeemed(),
        TokenHash.of("mark of " + mark.value()),
        meaning.expiresAt());
  }

  boolean contains(OpaqueToken code) {
    return tokens.findCode(mark(code)).isPresent();
  }

  private static OpaqueToken mark(OpaqueToken code) {
    return code.derive("sent again");
  }
}
