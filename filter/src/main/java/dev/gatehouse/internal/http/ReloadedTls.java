package dev.gatehouse.internal.http;

import dev.gatehouse.internal.reload.Reloadable;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whom we trust, and who we are, when we speak TLS: as the newest stores have it. A store that
 * changes makes another context, since sessions of the old one could be resumed, and would then
 * still be those of the old certificate.
 */
public final class ReloadedTls implements Reloadable<SSLContext> {

  /** A context and what it was made of. */
  private record Made(
      @Nullable List<KeyManager> keys, @Nullable List<TrustManager> trust, SSLContext context) {}

  private final @Nullable Reloadable<List<KeyManager>> keys;
  private final @Nullable Reloadable<List<TrustManager>> trust;
  private volatile Made made;

  /**
   * Makes one.
   *
   * @param keys absent for no certificate of ours
   * @param trust absent for the JVM's trust store
   */
  public ReloadedTls(
      @Nullable Reloadable<List<KeyManager>> keys, @Nullable Reloadable<List<TrustManager>> trust) {
    this.keys = keys;
    this.trust = trust;
    this.made = make(valueOf(keys), valueOf(trust));
  }

  @Override
  public SSLContext get() {
    Made found = made;
    return found.keys() == valueOf(keys) && found.trust() == valueOf(trust)
        ? found.context()
        : renewed();
  }

  /** Asks the stores again: another thread may have been quicker. */
  private synchronized SSLContext renewed() {
    List<KeyManager> newKeys = valueOf(keys);
    List<TrustManager> newTrust = valueOf(trust);
    if (made.keys() != newKeys || made.trust() != newTrust) {
      made = make(newKeys, newTrust);
    }
    return made.context();
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

  private static Made make(@Nullable List<KeyManager> keys, @Nullable List<TrustManager> trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keys == null ? null : keys.toArray(KeyManager[]::new),
          trust == null ? null : trust.toArray(TrustManager[]::new),
          null);
      return new Made(keys, trust, context);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }
}
