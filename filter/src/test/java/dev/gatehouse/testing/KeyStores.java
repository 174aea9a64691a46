package dev.gatehouse.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Key stores in a directory, created with the JDK's keytool; each file has its key's name. */
public record KeyStores(Path directory) {

  public static final String PASSWORD = "changeit";

  /**
   * Creates a key in {@code NAME.p12} and exports its self-signed certificate to {@code NAME.pem}.
   *
   * @param more further arguments for {@code keytool -genkeypair}
   */
  public void createKey(String name, String distinguishedName, String... more) throws Exception {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-genkeypair", "-alias", name, "-dname", distinguishedName));
    arguments.addAll(List.of("-keyalg", "EC", "-validity", "2"));
    arguments.addAll(List.of(more));
    keytool(arguments.toArray(String[]::new));
    keytool("-exportcert", "-rfc", "-alias", name, "-file", file(name + ".pem"));
  }

  /**
   * Creates a key whose certificate is signed by the key {@code issuer}.
   *
   * @param more further arguments for {@code keytool -gencert}
   */
  public void createSignedKey(String issuer, String name, String... more) throws Exception {
    createKey(name, "CN=" + name);
    keytool("-certreq", "-alias", name, "-file", file(name + ".csr"));
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-gencert", "-rfc", "-alias", issuer));
    arguments.addAll(List.of("-infile", file(name + ".csr"), "-outfile", file(name + ".crt")));
    arguments.addAll(List.of(more));
    keytool(arguments.toArray(String[]::new));
    run(name, "-importcert", "-noprompt", "-alias", issuer, "-file", file(issuer + ".pem"));
    keytool("-importcert", "-noprompt", "-alias", name, "-file", file(name + ".crt"));
  }

  /** Runs keytool on the store of the alias in the arguments. */
  public void keytool(String... arguments) throws Exception {
    run(arguments[List.of(arguments).indexOf("-alias") + 1], arguments);
  }

  private void run(String store, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", file(store + ".p12"), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) { // its output fits into the pipe's buffer
      process.destroyForcibly();
      throw new AssertionError("keytool did not end within 60 seconds");
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(output).isZero();
  }

  public String file(String name) {
    return directory.resolve(name).toString();
  }

  private KeyStore store(String name) throws Exception {
    return KeyStore.getInstance(new File(file(name + ".p12")), PASSWORD.toCharArray());
  }

  /** Copies a key and its certificates to a store with another password. */
  public void copy(String name, String as, String password) throws Exception {
    KeyStore copy = KeyStore.getInstance("PKCS12");
    copy.load(null, null);
    Certificate[] chain = store(name).getCertificateChain(name);
    Key key = store(name).getKey(name, PASSWORD.toCharArray());
    copy.setKeyEntry(as, key, password.toCharArray(), chain);
    try (OutputStream out = Files.newOutputStream(directory.resolve(as + ".p12"))) {
      copy.store(out, password.toCharArray());
    }
  }

  /** A TLS context with this key that trusts the certificates of these other keys. */
  public SSLContext context(String key, String... trusted) throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store(key), PASSWORD.toCharArray());
    KeyStore certificates = KeyStore.getInstance(KeyStore.getDefaultType());
    certificates.load(null, null);
    for (String name : trusted) {
      certificates.setCertificateEntry(name, store(name).getCertificate(name));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(certificates);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
