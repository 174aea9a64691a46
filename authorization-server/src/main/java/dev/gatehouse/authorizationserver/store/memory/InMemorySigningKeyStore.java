package dev.gatehouse.authorizationserver.store.memory;

import dev.gatehouse.authorizationserver.store.SigningKey;
import dev.gatehouse.authorizationserver.store.SigningKeyStore;
import java.util.List;
import java.util.TreeMap;

/** Stores signing keys until the process ends. Thread-safe. */
public final class InMemorySigningKeyStore implements SigningKeyStore {
  private final TreeMap<Long, SigningKey> keys = new TreeMap<>();

  /** Creates an empty store. */
  public InMemorySigningKeyStore() {}

  @Override
  public synchronized List<SigningKey> load() {
    return List.copyOf(keys.values());
  }

  @Override
  public synchronized boolean add(SigningKey key) {
    return keys.putIfAbsent(key.number(), key) == null;
  }

  @Override
  public synchronized void delete(long number) {
    keys.remove(number);
  }
}
