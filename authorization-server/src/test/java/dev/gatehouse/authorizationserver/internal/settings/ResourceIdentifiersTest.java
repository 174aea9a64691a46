package dev.gatehouse.authorizationserver.internal.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which resource identifiers are equivalent: the rows of the filter's test of {@code aud}. */
class ResourceIdentifiersTest {
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
          % more than the filter's
          http://[::1]:80/mcp/,             http://[::1]/mcp
          http://[::1]:8080/mcp,            http://[::1]:8080/mcp
          https://mcp.example:99999/mcp,    https://mcp.example:99999/mcp
          https://A.1/MCP/,                 https://A.1/MCP/
          https://-a_/MCP/,                 https://-a_/MCP/
          file:///,                         file:///
          //mcp.example/mcp/,               //mcp.example/mcp/
          """)
  void equivalentResourcesHaveTheSameCanonicalForm(String text, String canonical) {
    assertThat(ResourceIdentifiers.canonical(text)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource({
    "https://mcp.example/mcp, https://mcp.example/mcp/",
    "https://mcp.example/mcp, HTTPS://MCP.example:443/mcp/",
    "https://mcp.example, https://mcp.example/",
    "http://a_service/mcp, http://A_Service:80/mcp",
    "urn:x:mcp, urn:x:mcp",
  })
  void anotherSpellingIsContained(String one, String other) {
    assertThat(ResourceIdentifiers.contains(Set.of("x", one), other)).isTrue();
    assertThat(ResourceIdentifiers.contains(Set.of("x", other), one)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "https://mcp.example/mcp, https://mcp.example/mcp/x",
    "https://mcp.example/mcp, https://mcp.example",
    "https://mcp.example/mcp, https://mcp.example/MCP",
    "https://mcp.example/mcp, https://mcp.example/mcp//",
    "https://mcp.example/mcp, http://mcp.example/mcp",
    "https://mcp.example/mcp, https://mcp.example:80/mcp",
    "https://mcp.example/mcp, https://mcp.example.evil.example/mcp",
    "urn:x:mcp, urn:x:MCP",
    "mcp, mcp/",
  })
  void otherResourcesAreNotContained(String one, String other) {
    assertThat(ResourceIdentifiers.contains(List.of(one), other)).isFalse();
    assertThat(ResourceIdentifiers.contains(List.of(other), one)).isFalse();
    assertThat(ResourceIdentifiers.contains(List.of(), one)).isFalse();
  }
}
