import java.io.File;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** A key for the stub server, and trust in it. */
final class Keys {

  static final char[] PASSWORD = "changeit".toCharArray();

  private Keys() {}

  static void make(Path file) throws Exception {
    new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
            "-genkeypair",
            "-alias",
            "as",
            "-dname",
            "CN=as",
            "-ext",
            "san=ip:127.0.0.1",
            "-keyalg",
            "EC",
            "-validity",
            "2",
            "-keystore",
            file.toString(),
            "-storepass",
            new String(PASSWORD))
        .inheritIO()
        .start()
        .waitFor();
  }

  static X509TrustManager trust(String file) throws Exception {
    KeyStore keys = KeyStore.getInstance(new File(file), PASSWORD);
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    trusted.setCertificateEntry("as", keys.getCertificate("as"));
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  static SSLContext context(X509TrustManager trust) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new X509TrustManager[] {trust}, null);
    return context;
  }
}
