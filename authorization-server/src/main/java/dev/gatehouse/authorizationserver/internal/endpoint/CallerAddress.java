package dev.gatehouse.authorizationserver.internal.endpoint;

/**
 * The network address of the caller whose request this thread handles, for code that gets no
 * request, such as a client registry.
 */
public final class CallerAddress {
  private static final ThreadLocal<String> CURRENT = ThreadLocal.withInitial(() -> "");

  private CallerAddress() {}

  /** Returns the address, empty on a thread that handles no request. */
  public static String current() {
    return CURRENT.get();
  }

  /** Makes it the address of this thread until {@link #clear}. */
  public static void set(String address) {
    CURRENT.set(address);
  }

  /** Ends what {@link #set} began: the container uses its threads for other requests. */
  public static void clear() {
    CURRENT.remove();
  }
}
