package dev.gatehouse.authorizationserver;

import static dev.gatehouse.authorizationserver.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.authorizationserver.store.memory.InMemoryRateLimit;
import dev.gatehouse.authorizationserver.testing.Demo;
import dev.gatehouse.authorizationserver.testing.TestServer;
import dev.gatehouse.authorizationserver.testing.TurnedClock;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * In a registration, a member that is null or empty counts as absent: every member (RFC 7591 §2).
 */
class EmptyMetadataTest {
  private static final String REDIRECT = "\"redirect_uris\":[\"http://127.0.0.1:33418/callback\"]";
  private static final List<String> EMPTY = List.of("null", "\"\"", "[]", "{}");

  @AutoClose
  private final TestServer server =
      TestServer.start(
          (origin, context) ->
              Demo.withUsers(origin)
                  .registrationRateLimit(
                      new InMemoryRateLimit(1_000, Duration.ofSeconds(1), new TurnedClock()))
                  .build()
                  .register(context));

  static Stream<String> everyMember() {
    return Stream.of(
        "response_types",
        "grant_types",
        "token_endpoint_auth_method",
        "jwks",
        "jwks_uri",
        "client_name",
        "client_name#de",
        "client_uri",
        "client_uri#de",
        "logo_uri",
        "logo_uri#de",
        "scope",
        "contacts",
        "tos_uri",
        "tos_uri#de",
        "policy_uri",
        "policy_uri#de",
        "software_id",
        "software_version",
        "software_statement",
        "application_type",
        "sector_identifier_uri",
        "subject_type",
        "id_token_signed_response_alg",
        "userinfo_signed_response_alg",
        "request_object_signing_alg",
        "token_endpoint_auth_signing_alg",
        "token_endpoint_auth_methods_supported",
        "default_max_age",
        "require_auth_time",
        "default_acr_values",
        "initiate_login_uri",
        "request_uris",
        "post_logout_redirect_uris",
        "backchannel_logout_uri",
        "authorization_details_types",
        "authorization_signed_response_alg",
        "require_pushed_authorization_requests",
        "dpop_bound_access_tokens",
        "tls_client_certificate_bound_access_tokens",
        "tls_client_auth_subject_dn",
        "tls_client_auth_san_dns",
        "introspection_signed_response_alg",
        "client_id",
        "client_secret",
        "unknown");
  }

  @ParameterizedTest
  @MethodSource("everyMember")
  void anEmptyMemberCountsAsAbsent(String name) {
    Map<String, Object> without = registered("{" + REDIRECT + "}");

    for (String empty : EMPTY) {
      assertThat(registered("{\"" + name + "\":" + empty + "," + REDIRECT + "}"))
          .as(empty)
          .isEqualTo(without);
    }
  }

  @Test
  void allMembersMayBeEmptyAtOnce() {
    for (String empty : EMPTY) {
      StringBuilder body = new StringBuilder("{" + REDIRECT);
      everyMember().forEach(name -> body.append(",\"" + name + "\":" + empty));

      assertThat(registered(body.append('}').toString()))
          .isEqualTo(registered("{" + REDIRECT + "}"));
    }
  }

  @ParameterizedTest(name = "{0}") // what absence means is as strict as ever
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          redirect URIs: null      | {"redirect_uris":null}                              | invalid_redirect_uri
          redirect URIs: no list   | {"redirect_uris":""}                                | invalid_redirect_uri
          redirect URIs: none      | {"redirect_uris":[]}                                | invalid_redirect_uri
          redirect URIs: an object | {"redirect_uris":{}}                                | invalid_redirect_uri
          an empty redirect URI    | {"redirect_uris":[""]}                              | invalid_redirect_uri
          a blank redirect URI     | {"redirect_uris":[" "]}                             | invalid_redirect_uri
          null beside a URI        | {"redirect_uris":["https://a.example.com/",null]}   | invalid_client_metadata
          keys: null               | {"redirect_uris":["https://a.example.com/"],"token_endpoint_auth_method":"private_key_jwt","jwks":null} | invalid_client_metadata
          keys: empty              | {"redirect_uris":["https://a.example.com/"],"token_endpoint_auth_method":"private_key_jwt","jwks":{}}   | invalid_client_metadata
          keys: an empty list      | {"redirect_uris":["https://a.example.com/"],"token_endpoint_auth_method":"private_key_jwt","jwks":{"keys":[]}} | invalid_client_metadata
          a blank method           | {"redirect_uris":["https://a.example.com/"],"token_endpoint_auth_method":" "} | invalid_client_metadata
          a wrong type             | {"redirect_uris":["https://a.example.com/"],"token_endpoint_auth_method":5}   | invalid_client_metadata
          an empty body            | {}                                                  | invalid_redirect_uri
          null                     | null                                                | invalid_client_metadata
          """)
  void anAbsentMemberThatIsNeededIsAnError(String what, String body, @Nullable String error) {
    HttpResponse<String> response = register(body);

    assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
    assertThat(json(response)).containsEntry("error", error);
  }

  /** What was registered, without what is random. */
  private Map<String, Object> registered(String body) {
    HttpResponse<String> response = register(body);
    assertThat(response.statusCode()).as(body + " " + response.body()).isEqualTo(201);
    Map<String, Object> registered = new TreeMap<>(json(response));
    registered.keySet().removeAll(List.of("client_id", "client_secret", "client_id_issued_at"));
    return registered;
  }

  private HttpResponse<String> register(String body) {
    return server.send(
        server
            .request("/oauth/register")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body)));
  }
}
