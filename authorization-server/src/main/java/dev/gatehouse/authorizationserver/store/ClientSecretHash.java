package dev.gatehouse.authorizationserver.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Base64;

/**
 * The stored hash of a client's secret.
 *
 * <p>The secret is checked on every request, so the hash is fast: SHA-256 over the client's id and
 * the secret. That is sufficient for random secrets of 128 bits or more, but not for passwords.
 */
record ClientSecretHash(String value) {
  static ClientSecretHash of(String clientId, String secret) {
    MessageDigest digest = TokenHash.sha256();
    digest.update(clientId.getBytes(UTF_8));
    digest.update((byte) 0);
    return new ClientSecretHash(
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(digest.digest(secret.getBytes(UTF_8))));
  }

  /** Compares in constant time; no secret with control characters matches. */
  boolean matches(String clientId, String secret) {
    byte[] presented = of(clientId, secret).value.getBytes(UTF_8);
    return MessageDigest.isEqual(value.getBytes(UTF_8), presented)
        && SecretText.isUnambiguous(secret);
  }

  @Override
  public String toString() {
    return "ClientSecretHash[…]";
  }
}
