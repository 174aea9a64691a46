package dev.gatehouse.authorizationserver.internal.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.ErrorObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The errors of the token endpoint (RFC 6749 §5.2). */
class TokenErrorsTest {
  @ParameterizedTest
  @CsvSource({
    "invalid_grant, invalid_grant",
    "invalid_scope, invalid_scope",
    "invalid_target, invalid_target",
    "unsupported_grant_type, unsupported_grant_type",
    "invalid_request, invalid_request",
    "invalid_client, invalid_request",
    "server_error, invalid_request",
    "made_up, invalid_request",
  })
  void theCodeOfNimbusIsKeptIfItIsKnownAndItsTextNever(String code, String kept) {
    ErrorObject error = TokenErrors.of(new ErrorObject(code, "quotes the request", 500));

    assertThat(error.getCode()).isEqualTo(kept);
    assertThat(error.getHTTPStatusCode()).isEqualTo(400);
    assertThat(error.getDescription()).doesNotContain("quotes");
  }

  @Test
  void withoutAnErrorTheRequestIsInvalid() {
    assertThat(TokenErrors.of(null)).isEqualTo(TokenErrors.INVALID_REQUEST);
  }
}
