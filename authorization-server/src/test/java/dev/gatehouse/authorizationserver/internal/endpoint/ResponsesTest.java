package dev.gatehouse.authorizationserver.internal.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.BearerTokenError;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Error responses and their headers. */
class ResponsesTest {
  @ParameterizedTest // RFC 9110 §10.2.3: whole seconds
  @CsvSource({
    "PT-1S, 1",
    "PT0S, 1",
    "PT0.001S, 1",
    "PT1S, 1",
    "PT1.001S, 2",
    "PT1.999S, 2",
    "PT2S, 2",
    "PT1H, 3600",
  })
  void aWaitIsRoundedUpToWholeSecondsAndAtLeastOne(Duration wait, String seconds) {
    assertThat(Responses.seconds(wait)).isEqualTo(seconds);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          400 |
          401 | Basic realm="oauth", charset="UTF-8"
          403 |
          404 |
          """)
  void only401HasABasicChallenge(int status, @Nullable String challenge) {
    HTTPResponse response =
        Responses.error(new ErrorObject(OAuth2Error.INVALID_CLIENT_CODE, "text", status));

    assertThat(response.getStatusCode()).isEqualTo(status);
    assertThat(response.getWWWAuthenticate()).isEqualTo(challenge);
    assertThat(response.getHeaderValue("Cache-Control")).isEqualTo("no-store");
    assertThat(response.getHeaderValue("Content-Type")).startsWith("application/json");
  }

  @Test // RFC 6750 §3
  void aBearerErrorHasABearerChallenge() {
    HTTPResponse response = Responses.error(BearerTokenError.INSUFFICIENT_SCOPE);

    assertThat(response.getStatusCode()).isEqualTo(403);
    assertThat(response.getWWWAuthenticate())
        .startsWith("Bearer ")
        .contains("error=\"insufficient_scope\"");
  }

  @Test // RFC 6585 §4
  void tooManyRequestsHasTheWaitAndNoTokenState() {
    HTTPResponse response = Responses.tooManyRequests(Duration.ofMillis(2500));

    assertThat(response.getStatusCode()).isEqualTo(429);
    assertThat(response.getHeaderValue("Retry-After")).isEqualTo("3");
    assertThat(response.getBody()).contains("temporarily_unavailable").doesNotContain("active");
  }
}
