package dev.gatehouse.internal.session;

/**
 * Knows to which caller each MCP session was issued. Implementations must be thread-safe.
 *
 * <p>Sessions and owners are given as hashes, so that a store contains neither session ids nor
 * personal data. A session that was not used for the idle time, or that the store had to drop, is
 * unknown: its client gets 404 and begins a new session, as the MCP transport demands.
 */
public interface SessionOwners {

  /**
   * Binds a session to its owner. Atomic: of two callers, one becomes the owner.
   *
   * @return whether it is bound to this owner now; false if it is another's
   */
  boolean bind(String session, String owner);

  /**
   * Records a use of a session, which keeps it bound.
   *
   * @return false, without a record, if the session is unknown or another's
   */
  boolean recordUse(String session, String owner);

  /** Ends the binding of a session, if it is this owner's. */
  void remove(String session, String owner);
}
