package dev.gatehouse.internal.mcp;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one JSON object so far. Most objects have few, which are found without hashing. Of
 * many, only hashes of 64 bits are kept: a body may have millions of keys, which as strings would
 * take many times its size. Equal keys are always found; with a probability of about n² / 2⁶⁵,
 * different ones are taken for equal, which refuses the body.
 */
final class KeySet {

  private static final int FEW = 8;

  /** Secret, so that callers can't choose keys whose hashes are close together. */
  private static final long SEED = new SecureRandom().nextLong();

  private final String[] few = new String[FEW];
  private int count;

  /** With linear probing; 0 is free, and at least a half is. */
  private long @Nullable [] hashes;

  void clear() {
    count = 0;
    hashes = null;
  }

  /** Adds a key; false if it was there already. */
  boolean add(String key) {
    if (hashes != null) {
      return addHash(hashes, key);
    }
    for (int i = 0; i < count; i++) {
      if (few[i].equals(key)) {
        return false;
      }
    }
    if (count < FEW) {
      few[count++] = key;
      return true;
    }
    long[] first = new long[8 * FEW];
    for (String each : few) {
      insert(first, hash(each));
    }
    hashes = first;
    return addHash(first, key);
  }

  private boolean addHash(long[] table, String key) {
    if (!insert(table, hash(key))) {
      return false;
    }
    count++;
    if (count > table.length / 2) {
      long[] larger = new long[2 * table.length];
      for (long each : table) {
        if (each != 0) {
          insert(larger, each);
        }
      }
      hashes = larger;
    }
    return true;
  }

  private static boolean insert(long[] table, long hash) {
    int at = (int) hash & (table.length - 1);
    while (table[at] != 0) {
      if (table[at] == hash) {
        return false;
      }
      at = (at + 1) & (table.length - 1);
    }
    table[at] = hash;
    return true;
  }

  /** Never 0. */
  private static long hash(String key) {
    long hash = SEED ^ key.length();
    for (int i = 0; i < key.length(); i++) {
      hash = mix(hash + key.charAt(i));
    }
    return hash == 0 ? 1 : hash;
  }

  /** The finalizer of MurmurHash3: a bijection in which each bit depends on all others. */
  private static long mix(long value) {
    long mixed = (value ^ (value >>> 33)) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ (mixed >>> 33);
  }
}
