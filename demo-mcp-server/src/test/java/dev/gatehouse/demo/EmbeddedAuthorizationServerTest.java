package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmbeddedAuthorizationServerTest {

  @RegisterExtension static final SharedDemo demo = new SharedDemo();

  @Test
  void theMetadataAdvertisesWhatClientsNeed() {
    assertThat(metadata())
        .containsEntry("authorization_endpoint", demo.origin() + "/oauth/authorize")
        .containsEntry("registration_endpoint", demo.origin() + "/oauth/register")
        .containsEntry("code_challenge_methods_supported", List.of("S256"))
        .containsEntry("authorization_response_iss_parameter_supported", true)
        .hasEntrySatisfying(
            "grant_types_supported",
            types ->
                assertThat((List<?>) types)
                    .asInstanceOf(list(String.class))
                    .containsExactlyInAnyOrder(
                        "authorization_code", "refresh_token", "client_credentials"));
  }

  @Test
  void everyAdvertisedEndpointExists() {
    assertThat(metadata())
        .allSatisfy(
            (member, value) -> {
              if (member.endsWith("_endpoint") || member.equals("jwks_uri")) {
                assertThat(TokenEndpoint.get((String) value).statusCode())
                    .as(member)
                    .isNotEqualTo(404);
              }
            });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a port                   | http://127.0.0.1:33418/callback | 200
          another port             | http://127.0.0.1:1/callback     | 200
          the name of loopback     | http://localhost:6274/callback  | 200
          no port                  | http://localhost/callback       | 200
          another path             | http://127.0.0.1:33418/other    | 400
          another machine          | http://192.0.2.1/callback       | 400
          https                    | https://localhost/callback      | 400
          """)
  void theDemoClientMayUseAnyPortOfLoopback(String what, String redirectUri, int status) {
    var request =
        PublicClient.authorization(
            demo.origin() + "/oauth/authorize",
            EmbeddedAuthorizationServer.CLIENT_ID,
            redirectUri,
            demo.endpoint());

    assertThat(new Browser().open(request).statusCode()).as(what).isEqualTo(status);
  }

  private static Map<String, Object> metadata() {
    return Json.object(
        TokenEndpoint.get(demo.origin() + "/.well-known/oauth-authorization-server").body());
  }
}
