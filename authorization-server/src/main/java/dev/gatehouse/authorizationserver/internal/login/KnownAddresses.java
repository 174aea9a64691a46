package dev.gatehouse.authorizationserver.internal.login;

import dev.gatehouse.authorizationserver.store.RateLimit;

/**
 * Remembers from which addresses users have logged in, on all nodes that share their rate limits.
 * The memory is a limit of one attempt in the time for which an address is remembered, and an
 * address is known while this attempt is used up. Checking an unknown address stores nothing, so
 * failed log-ins cannot fill the memory. Thread-safe.
 */
final class KnownAddresses {
  private final RateLimit memory;

  /** Remembers in a limit with a capacity of one, for as long as its refill takes. */
  KnownAddresses(RateLimit memory) {
    this.memory = memory;
  }

  boolean contains(String userAndAddress) {
    return memory.check(userAndAddress).isPresent();
  }

  /** Remembers an address for the whole time, also if it is known already. */
  void add(String userAndAddress) {
    if (memory.charge(userAndAddress).isPresent()) {
      memory.refund(userAndAddress);
      // If another node is faster, the address is known all the same.
      memory.charge(userAndAddress);
    }
  }
}
