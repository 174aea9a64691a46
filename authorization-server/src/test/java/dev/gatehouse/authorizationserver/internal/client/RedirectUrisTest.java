package dev.gatehouse.authorizationserver.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectUrisTest {
  private static final List<String> PARTS =
      List.of(
          "https",
          "http",
          "HTTP",
          "javascript",
          "app",
          "data",
          ":",
          "//",
          "/",
          "127.0.0.1",
          "[::1]",
          "localhost",
          "example.com",
          "@",
          "user",
          "#",
          "?",
          "x=1",
          ":80",
          ":0",
          "..",
          "%0d%0a",
          "\r\n",
          " ",
          "\u0000",
          "é",
          "\ud83d",
          "\\",
          "\t",
          "\"",
          "<");

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the same URI                            | https://app.example.com/cb       | https://app.example.com/cb       | true
          the same private-use scheme             | com.example.app:/cb              | com.example.app:/cb              | true
          another path                            | https://app.example.com/cb       | https://app.example.com/cb2      | false
          a longer path                           | https://app.example.com/cb       | https://app.example.com/cb/x     | false
          a path that leads back                  | https://app.example.com/cb       | https://app.example.com/x/../cb  | false
          a slash more                            | https://app.example.com          | https://app.example.com/         | false
          a query more                            | https://app.example.com/cb       | https://app.example.com/cb?x=1   | false
          a query less                            | https://app.example.com/cb?x=1   | https://app.example.com/cb       | false
          a fragment more                         | https://app.example.com/cb       | https://app.example.com/cb#x     | false
          a subdomain                             | https://app.example.com/cb       | https://evil.app.example.com/cb  | false
          a suffix of the host                    | https://app.example.com/cb       | https://app.example.com.evil/cb  | false
          user information                        | https://app.example.com/cb       | https://app.example.com@evil/cb  | false
          http instead of https                   | https://app.example.com/cb       | http://app.example.com/cb        | false
          a port off loopback (RFC 8252 §7.3)     | https://app.example.com/cb       | https://app.example.com:8443/cb  | false
          an upper-case host                      | https://app.example.com/cb       | https://APP.example.com/cb       | false
          an escaped letter                       | https://app.example.com/cb       | https://app.example.com/%63b     | false
          another port on 127.0.0.1 (RFC 8252)    | http://127.0.0.1/cb              | http://127.0.0.1:33418/cb        | true
          no port where one is registered         | http://127.0.0.1:1/cb            | http://127.0.0.1/cb              | true
          another port on ::1                     | http://[::1]:1/cb                | http://[::1]:2/cb                | true
          another port on localhost               | http://localhost:1/cb            | http://localhost:2/cb            | true
          an upper-case scheme on loopback        | http://127.0.0.1/cb              | HTTP://127.0.0.1:2/cb            | true
          the other family of loopback            | http://127.0.0.1/cb              | http://[::1]:2/cb                | false
          localhost instead of 127.0.0.1          | http://127.0.0.1/cb              | http://localhost:2/cb            | false
          another path on loopback                | http://127.0.0.1/cb              | http://127.0.0.1:2/other         | false
          another query on loopback               | http://127.0.0.1/cb?a=1          | http://127.0.0.1:2/cb?a=2        | false
          the same query on loopback              | http://127.0.0.1/cb?a=1          | http://127.0.0.1:2/cb?a=1        | true
          a fragment on loopback (RFC 6749 §3.1.2) | http://127.0.0.1/cb             | http://127.0.0.1:2/cb#x          | false
          user information on loopback            | http://127.0.0.1/cb              | http://user@127.0.0.1:2/cb       | false
          https on loopback                       | https://127.0.0.1/cb             | https://127.0.0.1:2/cb           | false
          https for http on loopback              | http://127.0.0.1/cb              | https://127.0.0.1:2/cb           | false
          a name that only begins like loopback   | http://127.0.0.1/cb              | http://127.0.0.1.evil.example:2/cb | false
          nothing that parses                     | http://127.0.0.1/cb              | http://127.0.0.1:x y/cb          | false
          a query that reads null on loopback     | http://127.0.0.1/cb              | http://127.0.0.1:2/cb?null       | false
          an empty query on loopback              | http://127.0.0.1/cb              | http://127.0.0.1:2/cb?           | false
          the highest port                        | http://127.0.0.1/cb              | http://127.0.0.1:65535/cb        | true
          the first port that does not exist      | http://127.0.0.1/cb              | http://127.0.0.1:65536/cb        | false
          another port that does not exist        | http://127.0.0.1/cb              | http://127.0.0.1:99999/cb        | false
          port zero                               | http://127.0.0.1/cb              | http://127.0.0.1:0/cb            | false
          an empty port                           | http://127.0.0.1/cb              | http://127.0.0.1:/cb             | false
          another letter than ASCII               | http://127.0.0.1/cb              | http://127.0.0.1:2/cbé       | false
          an empty fragment on loopback           | http://127.0.0.1/cb              | http://127.0.0.1:2/cb#           | false
          a relative URI                          | http://127.0.0.1/cb              | /cb                              | false
          """)
  void aRequestedUriMustBeTheRegisteredOneButForThePortOnLoopback(
      String what, String registered, String requested, boolean found) {
    Optional<URI> result = RedirectUris.find(client(registered), requested);

    assertThat(result).isEqualTo(found ? Optional.of(URI.create(requested)) : Optional.empty());
  }

  @Test
  void eachRegisteredUriIsFound() {
    RegisteredClient client = client("https://a.example.com/", "http://127.0.0.1/cb", "app:/cb");

    assertThat(RedirectUris.find(client, "app:/cb")).isPresent();
    assertThat(RedirectUris.find(client, "http://127.0.0.1:1/cb")).isPresent();
    assertThat(RedirectUris.find(client(), "app:/cb")).isEmpty();
  }

  @ParameterizedTest // RFC 8252 §7
  @ValueSource(
      strings = {
        "https://app.example.com",
        "https://app.example.com:8443/cb?x=1",
        "https://app.example.com:65535/cb",
        "http://127.0.0.1:1/cb",
        "vscode-insiders://host/cb",
        "COM.example.App:/cb",
        "HTTPS://app.example.com/cb",
        "http://127.0.0.1:33418/cb",
        "http://127.1.2.3/cb",
        "http://[::1]/cb",
        "http://localhost:1",
        "http://LOCALHOST/cb",
        "com.example.app:/oauth2redirect/x",
        "cursor://anysphere/cb",
      })
  void httpsLoopbackAndPrivateUseSchemesMayBeRegistered(String uri) {
    assertThat(RedirectUris.mayBeRegistered(uri)).isTrue();
  }

  @Test
  void theGuideListsTheSchemesOfKnownClients() throws IOException {
    String guide = Files.readString(Path.of("../src/site/markdown/authorization-server.md"));
    String row =
        guide.lines().filter(line -> line.startsWith("| `claude:`")).findFirst().orElseThrow();
    String schemes = row.substring(0, row.indexOf(" | "));

    assertThat(Pattern.compile("`([a-z-]+):`").matcher(schemes).results().map(m -> m.group(1)))
        .containsExactlyInAnyOrderElementsOf(RedirectUris.EDITORS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "com.example.app:cb?x=1",
        "/cb",
        "//app.example.com/cb",
        "app.example.com/cb",
        ":",
        "https:",
        "https:app.example.com",
        "https:///cb",
        "https://app.example.com/cb#",
        "https://app.example.com/cb#x",
        "https://user@app.example.com/cb",
        "https://user:password@app.example.com/cb",
        "https://app.example.com/ cb",
        "https://app.example.com/cb\n",
        "https://app.example.com/\u0000",
        "https://app.example.com/é", // RFC 3986 §2: a URI is ASCII
        "https://app.example.com/\ud83d", // half of a character
        "https://ä.example.com/cb",
        "com.example.app:/é",
        "https://app.example.com:0/cb",
        "https://app.example.com:65536/cb",
        "https://app.example.com:99999/cb",
        "https://app.example.com:/cb",
        "http://127.0.0.1:99999/cb",
        "com.example.app://host:99999/cb",
        "app:/cb", // RFC 8252 §7.1: no dot
        "ms-msdt:/id",
        "search-ms:query=x",
        "jar:https://app.example.com/x!/",
        "smb://app.example.com/share",
        "intent://app.example.com/",
        "com.:/cb",
        "com..example:/cb",
        "http://app.example.com/cb",
        "http://10.0.0.1/cb",
        "http://0.0.0.0/cb",
        "http://127.0.0.1.example.com/cb",
        "http://localhost.example.com/cb",
        "http://127.1/cb",
        "http://user@127.0.0.1/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "com.example.app:/cb#x",
        "com.example.app://user@host/cb",
        "about:blank",
        "blob:https://app.example.com/x",
        "data:text/html,x",
        "file:///etc/passwd",
        "filesystem:https://app.example.com/x",
        "ftp://app.example.com/",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "vbscript:x",
        "view-source:https://app.example.com/",
        "ws://app.example.com/",
        "WSS://app.example.com/",
      })
  void otherUrisMayNotBeRegistered(String uri) {
    assertThat(RedirectUris.mayBeRegistered(uri)).isFalse();
  }

  @RepeatedTest(4)
  void whateverIsRegistrableIsAPlainAbsoluteUri(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    RegisteredClient client = client("http://127.0.0.1/cb", "https://example.com/x=1");
    for (int i = 0; i < 20_000; i++) {
      StringBuilder built = new StringBuilder();
      for (int parts = random.nextInt(8); parts >= 0; parts--) {
        built.append(PARTS.get(random.nextInt(PARTS.size())));
      }
      String text = built.toString();

      if (RedirectUris.mayBeRegistered(text)) {
        assertThat(text).matches("[A-Za-z][A-Za-z0-9+.-]*:[!-~]+").doesNotContain("#");
        assertThat(text.toLowerCase(Locale.ROOT)).doesNotMatch("(javascript|data):.*");
        assertThat(RedirectUris.find(client(text), text)).contains(URI.create(text));
      }
      RedirectUris.find(client, text)
          .ifPresent(
              found ->
                  assertThat(found)
                      .hasNoFragment()
                      .hasNoUserInfo()
                      .hasToString(text)
                      .matches(uri -> List.of("127.0.0.1", "example.com").contains(uri.getHost())));
    }
  }

  private static RegisteredClient client(String... redirectUris) {
    return RegisteredClient.builder("client").redirectUris(redirectUris).build();
  }
}
