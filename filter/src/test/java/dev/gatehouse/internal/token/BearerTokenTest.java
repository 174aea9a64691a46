package dev.gatehouse.internal.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parses Authorization headers (RFC 6750 §2.1, RFC 9110 §11). */
public class BearerTokenTest {

  /** The credentials in these Authorization header lines. */
  static Credentials from(String... fieldLines) {
    return BearerToken.from(Collections.enumeration(List.of(fieldLines)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          simple token|Bearer abc|abc
          example of RFC 6750 §2.1|Bearer mF_9.B5f-4.1JqM|mF_9.B5f-4.1JqM
          RFC 9110 §11.1, lower case|bearer abc|abc
          RFC 9110 §11.1, any case|bEaReR abc|abc
          RFC 9110 §11.4, two spaces|Bearer  abc|abc
          every special character|Bearer -._~+/|-._~+/
          first and last of each range|Bearer azAZ09|azAZ09
          padding|Bearer abc==|abc==
          """)
  void aWellFormedTokenIsAccepted(String description, String header, String token) {
    assertThat(from(header)).isEqualTo(new BearerToken(token));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          tab in place of the space|Bearer\tabc
          no space|Bearer=abc
          space inside|Bearer a b
          space at the end|Bearer abc\s
          comma|Bearer abc,def
          two credentials in one header|Bearer abc, Bearer def
          Bearer is the second of two|Basic YTpi, Bearer def
          Bearer is the second, without space|Basic YTpi,bearer def
          quotes|Bearer "abc"
          padding inside|Bearer ab=c
          only padding|Bearer ==
          non-ASCII|Bearer äbc
          full-width letter|Bearer ａbc
          control character|Bearer a\u0001c
          percent|Bearer a%20b
          character after the digits|Bearer a:b
          character before the capitals|Bearer a@b
          character after the capitals|Bearer a[b
          character before the small letters|Bearer a`b
          character after the small letters|Bearer a{b
          """)
  void aBearerSchemeWithoutAValidTokenIsMalformed(String description, String header) {
    assertThat(from(header)).isInstanceOf(Credentials.Malformed.class);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          another scheme              | Basic YTpi
          a scheme that begins alike  | Bearers abc
          a scheme that ends alike    | XBearer abc
          a look-alike letter         | Веarer abc
          DPoP, RFC 9449 §7.1         | DPoP abc
          Digest with commas          | Digest username="a", realm="b"
          empty                       | ''
          Bearer with nothing after it| Bearer
          Bearer and spaces           | 'Bearer  '
          """)
  void anotherSchemeCountsAsNoCredentials(String description, String header) {
    assertThat(from(header)).isEqualTo(new Credentials.Absent());
  }

  @Test
  void aMissingHeaderCountsAsNoCredentials() {
    assertThat(from()).isEqualTo(new Credentials.Absent());
  }

  @Test
  void twoHeadersAreAlwaysMalformed() {
    assertThat(from("Bearer abc", "Bearer abc")).isInstanceOf(Credentials.Malformed.class);
    assertThat(from("Basic YTpi", "Bearer abc")).isInstanceOf(Credentials.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 20_000})
  void theLengthIsThatOfTheTokenAlone(int more) {
    assertThat(from("Bearer   " + "a".repeat(1 + more)))
        .isInstanceOfSatisfying(
            BearerToken.class, token -> assertThat(token.length()).isEqualTo(1 + more));
  }

  @Test
  void ourOwnTokenMayHave64KiB() {
    String longest = "a".repeat(BearerToken.MAX_LENGTH);

    assertThat(BearerToken.isValid(longest)).isTrue();
    assertThat(BearerToken.isValid(longest + "a")).isFalse();
  }

  @Test
  void toStringContainsOnlyAPrefixOfTheHash() {
    // First 8 hex digits of the SHA-256 of "abc", FIPS 180-2 appendix B.1.
    assertThat(new BearerToken("abc")).hasToString("BearerToken[ba7816bf]");
    assertThat(new BearerToken("secret-token").toString()).doesNotContain("secret-token");
  }

  /** RFC 9449 §7.1, if the scheme is accepted. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          simple token|DPoP abc|BearerToken DPOP
          in any case|dpop  abc|BearerToken DPOP
          the scheme alone|DPoP|Absent BEARER
          a blank inside|DPoP a b|Malformed DPOP
          no space|DPoP=abc|Malformed DPOP
          two credentials|DPoP abc, Bearer def|Malformed DPOP
          a longer scheme|DPoPs abc|Absent BEARER
          Bearer|Bearer abc|BearerToken BEARER
          """)
  void theSchemeDpopIsParsedLikeBearer(String description, String header, String outcome) {
    Credentials credentials = BearerToken.from(Collections.enumeration(List.of(header)), true);

    assertThat(credentials.getClass().getSimpleName() + " " + credentials.scheme())
        .isEqualTo(outcome);
  }
}
