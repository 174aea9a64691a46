package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.SystemProperties;
import dev.gatehouse.testing.TestSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Validation of the settings for a forward proxy; no message repeats a password. */
class ProxySettingsTest {

  @TempDir private Path directory;

  private static SettingsBuilder minimal() {
    return TestSettings.builder()
        .resource("https://mcp.example/mcp")
        .issuer("https://as.example")
        .clientAuthMethod("none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http://proxy.example.com:3128  | http://proxy.example.com:3128
          HTTP://proxy.example.com:3128/ | http://proxy.example.com:3128
          http://forward_proxy:8080      | http://forward_proxy:8080
          http://10.0.0.1:1              | http://10.0.0.1:1
          http://[::1]:65535             | http://[::1]:65535
          http://3proxy:3128             | http://3proxy:3128
          """)
  void aProxyIsUsedForAllServersExceptLoopback(String setting, String proxy) throws Exception {
    var choice = Objects.requireNonNull(minimal().proxy(setting).build().proxy);

    assertThat(choice.proxyFor(URI.create("https://as.example:443"))).hasToString(proxy);
    assertThat(choice.proxyFor(URI.create("http://token_service:8080"))).hasToString(proxy);
    for (String loopback : List.of("localhost:80", "127.0.0.1:80", "127.9.9.9:80", "[::1]:80")) {
      assertThat(choice.proxyFor(URI.create("http://" + loopback))).as(loopback).isNull();
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          http://user:secret@proxy.example:3128 | has user information; remove it
          user:secret@proxy.example:3128        | has user information; remove it
          https://user:secret@proxy.example:1   | has user information; remove it
          https://proxy.example:3129            | is an https proxy, which is not supported
          socks5://proxy.example:1080           | is a SOCKS proxy, which is not supported
          http://proxy.example                  | is not of the form http://proxy.example.com:3128
          http://proxy.example:0                | is not of the form
          http://proxy.example:65536            | is not of the form
          http://proxy.example:3128/secret      | is not of the form
          http://proxy.example:3128?secret      | is not of the form
          http://proxy.example:3128#secret      | is not of the form
          http://:3128                          | is not of the form
          http://-proxy:3128                    | is not of the form
          http://proxy-:3128                    | is not of the form
          http://proxy..example:3128            | is not of the form
          http://[.]:3128                       | is not of the form
          http://[::::]:3128                    | is not of the form
          http://[1:2]:3128                     | is not of the form
          proxy.example:3128                    | is not of the form
          system                                | write that, or jvm
          JVM                                   | write that, or jvm
          """)
  void anInvalidProxyIsRefusedWithoutRepeatingIt(String setting, String error) {
    assertThatThrownBy(() -> minimal().proxy(setting).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("proxy: ")
        .hasMessageContaining(error)
        .message()
        .doesNotContain("secret");
  }

  @Test
  void aProxyIsForAllServers() {
    assertThatThrownBy(() -> minimal().set("server.a.proxy", "http://proxy.example:3128").build())
        .hasMessageContaining("unknown setting of one server; write proxy, which is for all");
  }

  @Test
  void credentialsWithoutAProxyAreRefused() throws Exception {
    Path file = Files.writeString(directory.resolve("proxy"), "user:secret");

    assertThatThrownBy(() -> minimal().proxyCredentialsFile(file.toString()).build())
        .hasMessageContaining("proxy: missing; set it, or remove proxy-credentials-file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "secret", ":secret", "a:secret\nb:secret", "a:sec\u0001ret"})
  void invalidCredentialsAreRefusedWithoutRepeatingThem(String content) throws Exception {
    Path file = Files.writeString(directory.resolve("proxy"), content);

    assertThatThrownBy(
            () ->
                minimal()
                    .proxy("http://proxy.example:3128")
                    .proxyCredentialsFile(file.toString())
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("proxy-credentials-file: ")
        .message()
        .doesNotContain("secret", "ret");
  }

  @Test
  void theJvmsSocksProxyIsRefusedAtStartUp() {
    try (var properties = new SystemProperties(List.of("socksProxyHost", "https.proxyHost"))) {
      properties.set("socksProxyHost", "socks.example");

      assertThatThrownBy(() -> minimal().proxy("jvm").build())
          .hasMessageContaining("proxy: the JVM's proxy settings name a SOCKS proxy");
      assertThat(minimal().issuer("https://127.0.0.1:1").proxy("jvm").build().proxy).isNotNull();
      properties.set("https.proxyHost", "proxy.example");
      assertThat(minimal().proxy("jvm").build().proxy).isNotNull();
    }
  }

  @Test
  void aServerOnLoopbackIsReachedDirectlyWhateverTheJvmSays() throws Exception {
    try (var properties = new SystemProperties(List.of("http.proxyHost", "http.nonProxyHosts"))) {
      properties.set("http.proxyHost", "proxy.example");
      properties.set("http.nonProxyHosts", "");
      var choice = Objects.requireNonNull(minimal().proxy("jvm").build().proxy);

      assertThat(choice.proxyFor(URI.create("http://127.0.0.1:80"))).isNull();
      assertThat(choice.proxyFor(URI.create("http://as.example:80"))).isNotNull();
    }
  }
}
