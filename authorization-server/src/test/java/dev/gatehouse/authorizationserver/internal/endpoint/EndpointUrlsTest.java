package dev.gatehouse.authorizationserver.internal.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The URLs of the endpoints, and the paths and mappings of the metadata document. */
class EndpointUrlsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://host             | ''      | https://host
          https://host:8443        | ''      | https://host:8443
          https://host/tenant      | /tenant | https://host
          https://host:8443/a/b%20 | /a/b%20 | https://host:8443
          http://[::1]:8080/x      | /x      | http://[::1]:8080
          """)
  void theIssuerHasAPathAndAnOrigin(String issuer, String path, String origin) {
    EndpointUrls urls = new EndpointUrls(issuer);

    assertThat(urls.path()).isEqualTo(path);
    assertThat(urls.origin()).isEqualTo(origin);
  }

  @Test
  void everyUrlBeginsWithTheIssuer() {
    EndpointUrls urls = new EndpointUrls("https://host:8443/tenant");

    assertThat(
            List.of(
                urls.authorization(),
                urls.login(),
                urls.consent(),
                urls.registration(),
                urls.jwks(),
                urls.token(),
                urls.introspection(),
                urls.revocation()))
        .allMatch(url -> url.toString().startsWith("https://host:8443/tenant/oauth/"))
        .doesNotHaveDuplicates();
  }

  @Test // RFC 8414 §3.1; OpenID Connect Discovery §4
  void theDocumentOfAnIssuerWithAPathHasFourPaths() {
    assertThat(new EndpointUrls("https://host/tenant").metadataPaths())
        .containsExactlyInAnyOrder(
            "/.well-known/oauth-authorization-server/tenant",
            "/tenant/.well-known/oauth-authorization-server",
            "/.well-known/openid-configuration/tenant",
            "/tenant/.well-known/openid-configuration");
  }

  @Test
  void theDocumentOfAnIssuerWithoutAPathHasTwoPathsAndTwoMappings() {
    EndpointUrls urls = new EndpointUrls("https://host");

    assertThat(urls.metadataPaths())
        .containsExactlyInAnyOrder(
            "/.well-known/oauth-authorization-server", "/.well-known/openid-configuration");
    assertThat(urls.metadataMappings(""))
        .containsExactlyInAnyOrder(
            "/.well-known/oauth-authorization-server/*", "/.well-known/openid-configuration/*");
  }
}
