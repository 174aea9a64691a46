package dev.gatehouse;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Reads from the settings whom we trust, and who we are, when we speak TLS. */
final class TlsReader {

  private static final String PEM_BEGIN = "-----BEGIN CERTIFICATE-----";

  private final SettingTexts texts;

  TlsReader(SettingTexts texts) {
    this.texts = texts;
  }

  /** Null when neither store is set, or one is wrong: then the JVM's defaults hold. */
  @Nullable SSLContext read() {
    if (usesClientCertificate() && !texts.isSet(Setting.KEY_STORE)) {
      texts.mistake(
          Setting.KEY_STORE, "missing; client-auth-method=tls_client_auth needs our certificate");
    }
    if (!texts.isSet(Setting.TRUST_STORE) && !texts.isSet(Setting.KEY_STORE)) {
      return null;
    }
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(), trustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      texts.mistake(Setting.KEY_STORE, "can't be used: " + e);
      return null;
    }
  }

  private boolean usesClientCertificate() {
    return "tls_client_auth".equals(texts.text(Setting.CLIENT_AUTH_METHOD))
        || texts.words(Setting.SERVERS).stream()
            .map(name -> texts.ofServer(name).text(Setting.CLIENT_AUTH_METHOD))
            .anyMatch("tls_client_auth"::equals);
  }

  private TrustManager @Nullable [] trustManagers() throws GeneralSecurityException {
    KeyStore store = store(Setting.TRUST_STORE, texts.text(Setting.TRUST_STORE_PASSWORD));
    if (store == null) {
      return null;
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private KeyManager @Nullable [] keyManagers() throws GeneralSecurityException {
    String password = texts.secret(Setting.KEY_STORE_PASSWORD, Setting.KEY_STORE_PASSWORD_FILE);
    KeyStore store = store(Setting.KEY_STORE, password);
    if (store == null) {
      return null;
    }
    var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, characters(password));
    return factory.getKeyManagers();
  }

  private @Nullable KeyStore store(Setting setting, @Nullable String password) {
    String path = texts.text(setting);
    if (path == null) {
      return null;
    }
    try {
      byte[] content = Files.readAllBytes(Path.of(path));
      return new String(content, StandardCharsets.ISO_8859_1).contains(PEM_BEGIN)
          ? certificates(content)
          : KeyStore.getInstance(new File(path), characters(password));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      // The message never holds the password; its cause says whether that was wrong.
      texts.mistake(setting, path + " can't be opened: " + e);
      return null;
    }
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
