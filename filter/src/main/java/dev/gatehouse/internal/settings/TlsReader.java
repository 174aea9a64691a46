package dev.gatehouse.internal.settings;

import dev.gatehouse.internal.http.ReloadedTls;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.reload.SettingFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Reads the trust store and the key store for TLS from the settings. */
final class TlsReader {

  private static final String PEM_BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final int JKS_MAGIC = 0xFEEDFEED;

  private final RawSettings settings;

  TlsReader(RawSettings settings) {
    this.settings = settings;
  }

  /** The configured stores; null for the JVM's defaults, and after an error. */
  @Nullable ReloadedTls read() {
    if (usesClientCertificate() && !settings.isSet(Setting.KEY_STORE)) {
      settings.error(
          Setting.KEY_STORE,
          "missing; write the path of the key store for client-auth-method=tls_client_auth");
    }
    var keys = settings.isSet(Setting.KEY_STORE) ? keyManagers() : null;
    var trust = settings.isSet(Setting.TRUST_STORE) ? trustManagers() : null;
    return keys == null && trust == null ? null : new ReloadedTls(keys, trust);
  }

  private boolean usesClientCertificate() {
    return "tls_client_auth".equals(settings.text(Setting.CLIENT_AUTH_METHOD))
        || settings.words(Setting.SERVERS).stream()
            .map(name -> settings.ofServer(name).text(Setting.CLIENT_AUTH_METHOD))
            .anyMatch("tls_client_auth"::equals);
  }

  private @Nullable Reloadable<List<TrustManager>> trustManagers() {
    String password = settings.text(Setting.TRUST_STORE_PASSWORD);
    return settings.fromFiles(
        List.of(Setting.TRUST_STORE),
        contents -> open(() -> trustManagers(contents.get(0), password)));
  }

  /** Reads the store and its password file together, so that both are of the same version. */
  private @Nullable Reloadable<List<KeyManager>> keyManagers() {
    settings.refuseBoth(Setting.KEY_STORE_PASSWORD, Setting.KEY_STORE_PASSWORD_FILE);
    if (!settings.isSet(Setting.KEY_STORE_PASSWORD)
        && settings.isSet(Setting.KEY_STORE_PASSWORD_FILE)) {
      return settings.fromFiles(
          List.of(Setting.KEY_STORE, Setting.KEY_STORE_PASSWORD_FILE),
          contents -> open(() -> keyManagers(contents.get(0), password(contents.get(1)))));
    }
    String password = settings.text(Setting.KEY_STORE_PASSWORD);
    return settings.fromFiles(
        List.of(Setting.KEY_STORE), contents -> open(() -> keyManagers(contents.get(0), password)));
  }

  private static String password(byte[] content) {
    try {
      return SettingFile.oneLine(content);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "needs a password, but the password file " + e.getMessage(), e);
    }
  }

  /** Opens a key store. */
  @FunctionalInterface
  private interface Opening<T> {
    T open() throws IOException, GeneralSecurityException;
  }

  private static <T> T open(Opening<T> opening) {
    try {
      return opening.open();
    } catch (IOException | GeneralSecurityException e) {
      // The message never contains the password; it tells if that is wrong.
      throw new IllegalArgumentException("can't be open: " + e, e);
    }
  }

  private static List<TrustManager> trustManagers(byte[] content, @Nullable String password)
      throws IOException, GeneralSecurityException {
    KeyStore store = store(content, password);
    if (store.size() == 0) {
      throw new IllegalArgumentException("holds no certificate; add the certificates to trust");
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return List.of(factory.getTrustManagers());
  }

  private static List<KeyManager> keyManagers(byte[] content, @Nullable String password)
      throws IOException, GeneralSecurityException {
    KeyStore store = store(content, password);
    boolean holdsKey = false;
    for (String alias : Collections.list(store.aliases())) {
      holdsKey |= store.isKeyEntry(alias);
    }
    if (!holdsKey) {
      throw new IllegalArgumentException(
          "holds no private key; add the client key and its certificate");
    }
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, characters(password));
    return List.of(factory.getKeyManagers());
  }

  private static KeyStore store(byte[] content, @Nullable String password)
      throws IOException, GeneralSecurityException {
    if (new String(content, StandardCharsets.ISO_8859_1).contains(PEM_BEGIN)) {
      return certificates(content);
    }
    boolean isJks = content.length >= 4 && ByteBuffer.wrap(content).getInt() == JKS_MAGIC;
    KeyStore store = KeyStore.getInstance(isJks ? "JKS" : "PKCS12");
    store.load(new ByteArrayInputStream(content), characters(password));
    return store;
  }

  private static KeyStore certificates(byte[] pem) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int i = 0;
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem))) {
      store.setCertificateEntry("certificate-" + i++, certificate);
    }
    return store;
  }

  private static char[] characters(@Nullable String password) {
    return password == null ? new char[0] : password.toCharArray();
  }
}
