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

/** Reads from the settings whom we trust, and who we are, when we speak TLS. */
final class TlsReader {

  private static final String PEM_BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final int JKS_MAGIC = 0xFEEDFEED;

  private final RawSettings texts;

  TlsReader(RawSettings texts) {
    this.texts = texts;
  }

  /** Null when neither store is set, or one is wrong: then the JVM's defaults hold. */
  @Nullable ReloadedTls read() {
    if (usesClientCertificate() && !texts.isSet(Setting.KEY_STORE)) {
      texts.mistake(
          Setting.KEY_STORE, "missing; client-auth-method=tls_client_auth needs our certificate");
    }
    var keys = texts.isSet(Setting.KEY_STORE) ? keyManagers() : null;
    var trust = texts.isSet(Setting.TRUST_STORE) ? trustManagers() : null;
    return keys == null && trust == null ? null : new ReloadedTls(keys, trust);
  }

  private boolean usesClientCertificate() {
    return "tls_client_auth".equals(texts.text(Setting.CLIENT_AUTH_METHOD))
        || texts.words(Setting.SERVERS).stream()
            .map(name -> texts.ofServer(name).text(Setting.CLIENT_AUTH_METHOD))
            .anyMatch("tls_client_auth"::equals);
  }

  private @Nullable Reloadable<List<TrustManager>> trustManagers() {
    String password = texts.text(Setting.TRUST_STORE_PASSWORD);
    return texts.fromFiles(
        List.of(Setting.TRUST_STORE),
        contents -> opened(() -> trustManagers(contents.get(0), password)));
  }

  /** The store and its password's file are read together, so that the one fits the other. */
  private @Nullable Reloadable<List<KeyManager>> keyManagers() {
    texts.refuseBoth(Setting.KEY_STORE_PASSWORD, Setting.KEY_STORE_PASSWORD_FILE);
    if (!texts.isSet(Setting.KEY_STORE_PASSWORD) && texts.isSet(Setting.KEY_STORE_PASSWORD_FILE)) {
      return texts.fromFiles(
          List.of(Setting.KEY_STORE, Setting.KEY_STORE_PASSWORD_FILE),
          contents -> opened(() -> keyManagers(contents.get(0), password(contents.get(1)))));
    }
    String password = texts.text(Setting.KEY_STORE_PASSWORD);
    return texts.fromFiles(
        List.of(Setting.KEY_STORE),
        contents -> opened(() -> keyManagers(contents.get(0), password)));
  }

  private static String password(byte[] content) {
    try {
      return SettingFile.oneLine(content);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("needs a password, whose file " + e.getMessage(), e);
    }
  }

  /** Opens a store. */
  @FunctionalInterface
  private interface Opening<T> {
    T open() throws IOException, GeneralSecurityException;
  }

  private static <T> T opened(Opening<T> opening) {
    try {
      return opening.open();
    } catch (IOException | GeneralSecurityException e) {
      // The message never holds the password; it says whether that was wrong.
      throw new IllegalArgumentException("can't be opened: " + e, e);
    }
  }

  private static List<TrustManager> trustManagers(byte[] content, @Nullable String password)
      throws IOException, GeneralSecurityException {
    KeyStore store = store(content, password);
    if (store.size() == 0) {
      throw new IllegalArgumentException("holds no certificate");
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
      throw new IllegalArgumentException("holds no private key");
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
    for (Certificate each :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem))) {
      store.setCertificateEntry("certificate-" + i++, each);
    }
    return store;
  }

  private static char[] characters(@Nullable String password) {
    return password == null ? new char[0] : password.toCharArray();
  }
}
