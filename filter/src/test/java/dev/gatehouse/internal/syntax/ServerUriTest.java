package dev.gatehouse.internal.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which URIs are accepted, and which are equivalent (RFC 3986 §6.2). */
class ServerUriTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://mcp.example",
        "HTTPS://mcp.example:8443/mcp?a=b",
        "http://localhost:8080/mcp",
        "http://LOCALHOST/mcp",
        "http://127.0.0.1/",
        "http://127.1.2.3/",
        "http://[::1]:8080/",
        "http://[0:0:0:0:0:0:0:1]/",
        "https://token_service:8443/introspect",
        "https://_as._tcp.example_/a"
      })
  void anHttpsOrLoopbackUriIsAccepted(String text) {
    assertThat(ServerUri.parse(text, false)).isEqualTo(URI.create(text));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      commentCharacter = '%',
      textBlock =
          """
          https://a b               | 'https://a b' is not a URI: Illegal character in authority
          mcp.example/mcp           | 'mcp.example/mcp' is not of the form https://host/path
          /mcp                      | '/mcp' is not of the form https://host/path
          https:///mcp              | 'https:///mcp' is not of the form https://host/path
          ftp://mcp.example         | 'ftp://mcp.example' is not of the form https://host/path
          mailto:a@b                | the value is not of the form https://host/path
          https://u:p@mcp.example   | the value has user information; remove it
          https://mcp.example/#a    | 'https://mcp.example/#a' has a fragment; remove it
          https://mcp.example/#     | 'https://mcp.example/#' has a fragment; remove it
          https://token_service:x   | 'https://token_service:x' has an invalid host or port
          https://mcp.example:x/mcp | 'https://mcp.example:x/mcp' has an invalid host or port
          https://-mcp.example      | 'https://-mcp.example' has an invalid host or port
          https://a_-               | 'https://a_-' has an invalid host or port
          https://u@a_b/            | the value has user information; remove it
          https://a_b:65536/        | 'https://a_b:65536/' has an invalid port
          http://token_service/     | 'http://token_service/' is plain http to another host
          http://127.0.0.1_/        | 'http://127.0.0.1_/' is plain http to another host
          http://localhost_/        | 'http://localhost_/' is plain http to another host
          http://mcp.example        | 'http://mcp.example' is plain http to another host
          http://127.0.0.1.evil.example | 'http://127.0.0.1.evil.example' is plain http
          http://localhost.example  | 'http://localhost.example' is plain http to another host
          http://0.0.0.0            | 'http://0.0.0.0' is plain http to another host
          http://mcp.example/a?k=b  | 'http://mcp.example/a' is plain http to another host
          https://mcp.example/a?k b | 'https://mcp.example/a' is not a URI: Illegal character in query
          https://mcp.example/a?k=ü | 'https://mcp.example/a' is not ASCII; write it percent-encoded
          https://mcp.example/a?k#a | 'https://mcp.example/a' has a fragment; remove it
          """)
  void anyOtherUriIsRefusedWithTheReason(String text, String message) {
    assertThatThrownBy(() -> ServerUri.parse(text, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void plainHttpIsAcceptedIfAllowedAndOtherSchemesAreNot() {
    assertThat(ServerUri.parse("http://mcp.example/mcp", true)).hasHost("mcp.example");
    assertThatThrownBy(() -> ServerUri.parse("ftp://mcp.example/mcp", true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      commentCharacter = '%',
      textBlock =
          """
          https://mcp.example/mcp,          https://mcp.example/mcp
          HTTPS://MCP.Example/mcp,          https://mcp.example/mcp
          https://mcp.example:443/mcp,      https://mcp.example/mcp
          http://mcp.example:80/mcp,        http://mcp.example/mcp
          https://mcp.example:80/mcp,       https://mcp.example:80/mcp
          http://mcp.example:443/mcp,       http://mcp.example:443/mcp
          https://mcp.example:8443/mcp,     https://mcp.example:8443/mcp
          https://mcp.example/mcp/,         https://mcp.example/mcp
          https://mcp.example/mcp//,        https://mcp.example/mcp/
          https://mcp.example/,             https://mcp.example
          https://mcp.example,              https://mcp.example
          https://mcp.example/MCP,          https://mcp.example/MCP
          https://mcp.example/%6Dcp,        https://mcp.example/%6Dcp
          https://mcp.example/mcp?a=b,      https://mcp.example/mcp?a=b
          https://mcp.example/mcp#f,        https://mcp.example/mcp#f
          https://u@mcp.example/mcp,        https://u@mcp.example/mcp
          HTTPS://Token_Service:443/mcp/,   https://token_service/mcp
          https://token_service:8443/mcp,   https://token_service:8443/mcp
          https://token_service:/mcp,       https://token_service/mcp
          https://u@token_service/MCP/,     https://u@token_service/MCP/
          api://MCP/x,                      api://mcp/x
          urn:x:MCP,                        urn:x:MCP
          mcp-filter,                       mcp-filter
          MCP/,                             MCP/
          https://a b/,                     https://a b/
          """)
  void equivalentUrisHaveTheSameCanonicalForm(String text, String canonical) {
    assertThat(ServerUri.canonical(text)).isEqualTo(canonical);
  }

  @Test
  void anAbsoluteUriHasASchemeAndAHost() {
    assertThat(ServerUri.isAbsolute("https://mcp.example")).isTrue();
    assertThat(ServerUri.isAbsolute("//mcp.example")).isFalse();
    assertThat(ServerUri.isAbsolute("urn:x")).isFalse();
    assertThat(ServerUri.isAbsolute("a b")).isFalse();
  }

  @Test
  void loopbackIsRecognizedWithoutNameResolution() {
    assertThat(ServerUri.isLoopback(URI.create("https://Localhost"))).isTrue();
    assertThat(ServerUri.isLoopback(URI.create("https://128.0.0.1"))).isFalse();
    assertThat(ServerUri.isLoopback(URI.create("urn:x"))).isFalse();
  }

  @Test
  void anOriginConsistsOfSchemeHostAndPort() {
    assertThat(ServerUri.origin(URI.create("HTTP://A.example:80/x?y")))
        .isEqualTo("http://a.example");
    assertThat(ServerUri.origin(URI.create("https://a.example:8443")))
        .isEqualTo("https://a.example:8443");
  }
}
