package dev.gatehouse.authorizationserver.store.jdbc;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts the private signing keys in the database, with AES-256 in the mode GCM. Its own key is
 * not in the database, so a copy of the database alone cannot issue tokens. Immutable and
 * thread-safe.
 */
public final class KeyEncryption {
  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec key;

  private KeyEncryption(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
  }

  /**
   * Uses a key, for example from a secrets manager.
   *
   * @param key 32 random bytes, the same on all nodes and at each start
   * @return encrypts with a copy of them
   * @throws IllegalArgumentException when there are not 32 of them, or all are the same
   */
  public static KeyEncryption with(byte[] key) {
    boolean same = true;
    for (byte each : key) {
      same &= each == key[0];
    }
    if (key.length != KEY_BYTES || same) {
      throw new IllegalArgumentException(
          "the key of the signing keys is not " + KEY_BYTES + " random bytes");
    }
    return new KeyEncryption(key.clone());
  }

  /** Returns a new random key, as text. */
  static String randomKey() {
    byte[] bytes = new byte[KEY_BYTES];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Reads what {@link #randomKey} has returned; empty when the text is anything else. */
  static Optional<KeyEncryption> parse(String text) {
    try {
      return Optional.of(with(Base64.getUrlDecoder().decode(text.getBytes(US_ASCII))));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Encrypts a text.
   *
   * @param context what the text belongs to; it can only be decrypted with the same
   */
  String encrypt(String text, String context) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    try {
      byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, nonce, context).doFinal(text.getBytes(UTF_8));
      byte[] all = new byte[nonce.length + encrypted.length];
      System.arraycopy(nonce, 0, all, 0, nonce.length);
      System.arraycopy(encrypted, 0, all, nonce.length, encrypted.length);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + CIPHER, e);
    }
  }

  /** Decrypts; empty when the text or its context was changed, or the key is another one. */
  Optional<String> decrypt(String encrypted, String context) {
    try {
      byte[] all = Base64.getUrlDecoder().decode(encrypted);
      if (all.length < NONCE_BYTES) {
        return Optional.empty();
      }
      byte[] nonce = new byte[NONCE_BYTES];
      System.arraycopy(all, 0, nonce, 0, NONCE_BYTES);
      return Optional.of(
          new String(
              cipher(Cipher.DECRYPT_MODE, nonce, context)
                  .doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES),
              UTF_8));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String context) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(context.getBytes(UTF_8));
    return cipher;
  }

  /** Contains nothing. */
  @Override
  public String toString() {
    return "KeyEncryption[…]";
  }
}
