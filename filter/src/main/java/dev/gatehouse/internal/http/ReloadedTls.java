package dev.gatehouse.internal.http;

import dev.gatehouse.internal.reload.Reloadable;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The TLS context with the newest trust and key stores. A changed store leads to a new context,
 * because a resumed session of the old context would still use the old certificate. This class is
 * thread-safe.
 */
public final class ReloadedTls implements Reloadable<SSLContext> {

  /** A context and the stores that it was created from. */
  private record Current(
      @Nullable List<KeyManager> keys, @Nullable List<TrustManager> trust, SSLContext context) {}

  private final @Nullable Reloadable<List<KeyManager>> keys;
  private final @Nullable Reloadable<List<TrustManager>> trust;
  private volatile Current current;

  /**
   * Creates the first context.
   *
   * @param keys null for no client certificate
   * @param trust null for the JVM's trust store
   */
  public ReloadedTls(
      @Nullable Reloadable<List<KeyManager>> keys, @Nullable Reloadable<List<TrustManager>> trust) {
    this.keys = keys;
    this.trust = trust;
    this.current = create(valueOf(keys), valueOf(trust));
  }

  @Override
  public SSLContext get() {
    Current found = current;
    return found.keys() == valueOf(keys) && found.trust() == valueOf(trust)
        ? found.context()
        : renew();
  }

  /** Compares again under the lock: another thread may have created the new context. */
  private synchronized SSLContext renew() {
    List<KeyManager> newKeys = valueOf(keys);
    List<TrustManager> newTrust = valueOf(trust);
    if (current.keys() != newKeys || current.trust() != newTrust) {
      current = create(newKeys, newTrust);
    }
    return current.context();
  }

  @Override
  public void reload() {
    if (keys != null) {
      keys.reload();
    }
    if (trust != null) {
      trust.reload();
    }
  }

  private static <T> @Nullable T valueOf(@Nullable Reloadable<T> source) {
    return source == null ? null : source.get();
  }

  private static Current create(
      @Nullable List<KeyManager> keys, @Nullable List<TrustManager> trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keys == null ? null : keys.toArray(KeyManager[]::new),
          trust == null ? null : trust.toArray(TrustManager[]::new),
          null);
      return new Current(keys, trust, context);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }
}
