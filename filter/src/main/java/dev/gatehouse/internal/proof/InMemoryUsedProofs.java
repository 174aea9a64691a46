package dev.gatehouse.internal.proof;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Remembers used proofs in a bounded number of entries, about 80 bytes each. It never forgets a
 * proof that could be used again. Instead, a key is refused further proofs if it has many: more
 * than a part of the entries that are free. So clients that send very many proofs, however many
 * they are, leave room for those that send few. This class is thread-safe.
 */
public final class InMemoryUsedProofs implements UsedProofs {

  /** Some 5,000 requests per second with the default settings; about 40 MB. */
  private static final int CAPACITY = 500_000;

  /** One key may have a sixteenth as many entries as are free. */
  private static final int SHARE = 16;

  private final InstantSource clock;
  private final int capacity;

  /** Held for far less time than a signature check takes. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Map<Proof, Key> used = new HashMap<>();
  private final Map<String, Key> keys = new HashMap<>();

  /** The proofs by the second in which they can be forgotten. */
  private final TreeMap<Long, List<Proof>> ends = new TreeMap<>();

  /** 128 bits of a hash: nobody finds two proofs that have them in common. */
  private record Proof(long first, long second) {

    static Proof of(String key, String id) {
      // A thumbprint has a fixed length, so two pairs never have the same concatenation.
      ByteBuffer hash =
          ByteBuffer.wrap(ProofKey.sha256((key + id).getBytes(StandardCharsets.UTF_8)));
      return new Proof(hash.getLong(), hash.getLong());
    }
  }

  /** The number of entries of a key. */
  private static final class Key {
    private final String thumbprint;
    private int proofs;

    Key(String thumbprint) {
      this.thumbprint = thumbprint;
    }
  }

  /**
   * Creates an empty memory.
   *
   * @param clock that is never set back
   */
  public InMemoryUsedProofs(InstantSource clock) {
    this(clock, CAPACITY);
  }

  InMemoryUsedProofs(InstantSource clock, int capacity) {
    this.clock = clock;
    this.capacity = capacity;
  }

  @Override
  public Use use(String key, String id, long millis) {
    Proof proof = Proof.of(key, id);
    long now = clock.millis();
    lock.lock();
    try {
      forgetUntil(now);
      if (used.containsKey(proof)) {
        return Use.AGAIN;
      }
      Key owner = keys.computeIfAbsent(key, Key::new);
      if (owner.proofs > (capacity - used.size()) / SHARE || used.size() >= capacity) {
        forgetIfUnused(owner);
        return Use.TOO_MANY;
      }
      owner.proofs++;
      used.put(proof, owner);
      long end = Math.floorDiv(now + millis, 1000) + 1;
      ends.computeIfAbsent(end, second -> new ArrayList<>()).add(proof);
      return Use.FIRST;
    } finally {
      lock.unlock();
    }
  }

  private void forgetUntil(long now) {
    while (!ends.isEmpty() && ends.firstKey() * 1000 <= now) {
      for (Proof proof : ends.pollFirstEntry().getValue()) {
        Key owner = used.remove(proof);
        if (owner != null) {
          owner.proofs--;
          forgetIfUnused(owner);
        }
      }
    }
  }

  private void forgetIfUnused(Key key) {
    if (key.proofs == 0) {
      keys.remove(key.thumbprint);
    }
  }

  /** The number of remembered proofs. */
  int size() {
    lock.lock();
    try {
      return used.size();
    } finally {
      lock.unlock();
    }
  }
}
