package dev.gatehouse.internal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.introspection.Introspectors;
import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.TokenClaims;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import dev.gatehouse.internal.token.VerificationResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a JWT and its introspection response state together. */
class AgreementTest {

  private static final TrustedServer SERVER =
      new TrustedServer(
          "as", "https://as", null, new AudienceAlternative.Refused(), false, TrustLimits.NONE);

  private static VerificationResult.Active claims(String members) {
    try {
      String comma = members.isEmpty() ? "" : ",";
      TokenClaims claims =
          Introspectors.read(
                  "{\"active\":true" + comma + members + "}", new BearerToken("unspeakable"))
              .orElseThrow();
      return new VerificationResult.Active(claims, SERVER);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"sub\":\"a\"'        | '\"sub\":\"b\"'        | sub",
        "'\"client_id\":\"a\"'  | '\"client_id\":\"b\"'  | client_id",
        "'\"iss\":\"a\"'        | '\"iss\":\"b\"'        | iss",
        "'\"cnf\":{\"jkt\":\"a\"}' | '\"cnf\":{\"jkt\":\"b\"}' | cnf",
      })
  void aDifferenceIsNamed(String jwt, String response, String name) {
    assertThat(Agreement.of(claims(jwt), claims(response)))
        .isEqualTo(
            new VerificationResult.Inactive(
                Reason.CONTRADICTION, "JWT and introspection response differ in " + name));
    for (String[] each : new String[][] {{jwt, jwt}, {jwt, ""}, {"", jwt}}) {
      assertThat(Agreement.of(claims(each[0]), claims(each[1])))
          .isInstanceOfSatisfying(
              VerificationResult.Active.class,
              both -> {
                TokenClaims expected = claims(jwt).claims();
                assertThat(both.claims()).isEqualTo(expected);
                assertThat(both.server()).isSameAs(SERVER);
              });
    }
  }

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "'\"scope\":\"a b\"' | '\"scope\":\"b c\"' | '\"scope\":\"b\"'",
        "'\"scope\":\"a b\"' | '\"scope\":\"\"'    | '\"scope\":\"\"'",
        "'\"scope\":\"a b\"' | ''                  | '\"scope\":\"a b\"'",
        "''                  | '\"scope\":\"a b\"' | '\"scope\":\"a b\"'",
        "'\"aud\":[\"a\",\"b\"]' | '\"aud\":\"b\"'     | '\"aud\":\"b\"'",
        "'\"aud\":[\"a\",\"b\"]' | '\"aud\":[]'        | '\"aud\":[]'",
        "'\"aud\":\"a\"'         | ''                  | '\"aud\":\"a\"'",
        "'\"exp\":5'         | '\"exp\":7'         | '\"exp\":5'",
        "'\"exp\":7'         | '\"exp\":5'         | '\"exp\":5'",
        "'\"exp\":7'         | ''                  | '\"exp\":7'",
        "'\"nbf\":5'         | '\"nbf\":7'         | '\"nbf\":7'",
        "'\"nbf\":7'         | '\"nbf\":5'         | '\"nbf\":7'",
        "'\"typ\":\"Bearer\"' | '\"token_use\":\"access\"'"
            + " | '\"typ\":\"Bearer\",\"token_use\":\"access\"'",
        "'\"token_type\":\"a\"' | '\"token_type\":\"b\",\"email\":\"x\"'"
            + " | '\"token_type\":\"b\",\"email\":\"x\"'",
        "'\"email\":\"x\"'   | ''                  | '\"email\":\"x\"'",
      })
  void theTokenIsGoodForWhatBothAllow(String jwt, String response, String both) {
    TokenClaims found =
        ((VerificationResult.Active) Agreement.of(claims(jwt), claims(response))).claims();
    TokenClaims expected = claims(both).claims();

    assertThat(found.terms()).isEqualTo(expected.terms());
    assertThat(found.endsAt()).isEqualTo(expected.endsAt());
    assertThat(found.startsAt()).isEqualTo(expected.startsAt());
    assertThat(found.claims()).containsKeys(expected.claims().keySet().toArray(new String[0]));
  }

  /** Many tokens of one client share their terms. */
  @Test
  void equalTermsAreOneObject() {
    VerificationResult.Active response = claims("\"sub\":\"a\",\"scope\":\"b\",\"iss\":\"c\"");
    VerificationResult.Active both =
        (VerificationResult.Active) Agreement.of(claims("\"scope\":\"b\""), response);

    assertThat(both.claims().terms()).isSameAs(response.claims().terms());
  }
}
