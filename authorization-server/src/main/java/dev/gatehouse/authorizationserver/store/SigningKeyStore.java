package dev.gatehouse.authorizationserver.store;

import java.util.List;

/**
 * Stores the keys with which the authorization server signs, for all nodes with the same issuer.
 *
 * <p>Implementations are thread-safe, and every method is atomic, also between nodes. When the
 * store cannot be reached, a method throws {@link StoreUnavailableException}. Private keys must not
 * be readable in the store: whoever has one can issue tokens.
 */
public interface SigningKeyStore {
  /**
   * Returns all keys.
   *
   * @return ordered by their number; empty before the first start
   * @throws IllegalStateException when a key has been changed or can't be decrypted
   */
  List<SigningKey> load();

  /**
   * Stores a new key, unless there is one with its number.
   *
   * @param key the new key
   * @return true for exactly one caller on all nodes for each number
   */
  boolean add(SigningKey key);

  /**
   * Deletes a key whose tokens have all expired. Ignores unknown numbers.
   *
   * @param number the number of the key
   */
  void delete(long number);
}
