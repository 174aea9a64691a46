package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Keys and certificates, made with the JDK's own tool: each key in a store of its own. */
record KeyTool(Path directory) {

  static final String PASSWORD = "changeit";

  /** A key, and a certificate that vouches for itself, in a store and in PEM. */
  void makeKey(String alias, String... more) throws Exception {
    run(alias, "-genkeypair", with(more, "-alias", alias, "-keyalg", "EC", "-validity", "2"));
    run(alias, "-exportcert", "-rfc", "-alias", alias, "-file", file(alias + ".pem"));
  }

  /** A key whose certificate another one vouches for. */
  void makeKeySignedBy(String issuer, String alias, String... more) throws Exception {
    makeKey(alias, "-dname", "CN=" + alias);
    run(alias, "-certreq", "-alias", alias, "-file", file(alias + ".csr"));
    run(
        issuer,
        "-gencert",
        with(
            more,
            "-rfc",
            "-alias",
            issuer,
            "-infile",
            file(alias + ".csr"),
            "-outfile",
            file(alias + ".crt")));
    trust(alias, issuer);
    run(alias, "-importcert", "-noprompt", "-alias", alias, "-file", file(alias + ".crt"));
  }

  /** Puts a certificate into a store. */
  void trust(String store, String alias) throws Exception {
    run(store, "-importcert", "-noprompt", "-alias", alias, "-file", file(alias + ".pem"));
  }

  private static String[] with(String[] more, String... arguments) {
    List<String> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(Arrays.asList(more));
    return all.toArray(new String[0]);
  }

  private void run(String store, String command, String... arguments) throws Exception {
    List<String> all = new ArrayList<>();
    all.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    all.add(command);
    all.addAll(Arrays.asList(arguments));
    all.addAll(List.of("-keystore", file(store + ".p12"), "-storepass", PASSWORD));
    Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }

  String file(String name) {
    return directory.resolve(name).toString();
  }

  private KeyStore store(String name) throws Exception {
    return KeyStore.getInstance(new File(file(name + ".p12")), PASSWORD.toCharArray());
  }

  /**
   * TLS for a server.
   *
   * @param trusted whose client certificate it believes
   */
  SSLContext context(String key, String trusted) throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store(key), PASSWORD.toCharArray());
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store(trusted));
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }
}
