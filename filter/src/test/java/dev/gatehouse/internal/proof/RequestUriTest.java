package dev.gatehouse.internal.proof;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Normalization of {@code htu} (RFC 9449 §4.3; RFC 3986 §6.2.2, §6.2.3). */
class RequestUriTest {

  @ParameterizedTest
  @CsvSource({
    "https://h.example,                 https://h.example",
    "https://h.example/,                https://h.example",
    "HTTPS://H.Example:443/A,           https://h.example/A",
    "http://h.example:80/a,             http://h.example/a",
    "https://h.example:80/a,            https://h.example:80/a",
    "https://h.example/%7euser,         https://h.example/~user",
    "https://h.example/a%2fb,           https://h.example/a%2Fb",
    "https://h.example/%41%2D%5f%30,    https://h.example/A-_0",
    "https://h.example/%3a%40%5b%60%7b, https://h.example/%3A%40%5B%60%7B",
    "https://h.example/%2F,             https://h.example/%2F",
    "https://h.example/a/./b/../c,      https://h.example/a/c",
    "https://h.example/a/%2e%2E/c,      https://h.example/c",
    "https://h.example/../a,            https://h.example/a",
    "https://h.example/a/..,            https://h.example",
    "https://h.example/a/b/..,          https://h.example/a",
    "https://h.example/a/.,             https://h.example/a",
    "https://h.example//a,              https://h.example//a",
    "https://h.example/a?b=/../c,       https://h.example/a",
    "https://h.example/a#b,             https://h.example/a",
    "https://h.example?b,               https://h.example",
    "http://[::1]:8080/a,               http://[::1]:8080/a",
    "http://my_service:8080/a,          http://my_service:8080/a"
  })
  void equivalentUrisAreEqualAfterNormalization(String uri, String normalized) {
    assertThat(RequestUri.normalize(uri)).isEqualTo(normalized);
    assertThat(new RequestUri(normalized).matches(uri)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/mcp",
        "//h.example/mcp",
        "mcp",
        "ftp://h.example/mcp",
        "https:///mcp",
        "https://user@h.example/mcp",
        "https://h.example@evil.example/mcp",
        "https://h.example/m cp",
        "https://h.example/m\\cp",
        "https://h.example/%zz",
        "https://h.example/%2",
        "https://h.exämple/mcp",
        "https://h.example:99999/mcp",
        "https://h.example/mcp\u0000",
        "#https://h.example/mcp"
      })
  void whatIsNoUriMatchesNothing(String text) {
    assertThat(RequestUri.normalize(text)).isNull();
    assertThat(new RequestUri("https://h.example/mcp").matches(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://h.example/mc",
        "https://h.example/mcp2",
        "https://h.example/MCP",
        "https://h.example/mcp//",
        "https://h.example/mcp/..",
        "https://h.example/%6Dcp%2F",
        "https://h.example.evil.example/mcp"
      })
  void otherUrisDoNotMatch(String htu) {
    assertThat(new RequestUri("https://h.example/mcp").matches(htu)).isFalse();
  }
}
