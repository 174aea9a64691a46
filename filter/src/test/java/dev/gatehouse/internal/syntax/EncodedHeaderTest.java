package dev.gatehouse.internal.syntax;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MCP 2026-07-28, Streamable HTTP, "Value Encoding". */
class EncodedHeaderTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "us-west1|us-west1",
        "=?base64?SGVsbG8sIOS4lueVjA==?=|Hello, 世界",
        "=?base64?IHBhZGRlZCA=?=| padded ",
        "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=|=?base64?literal?=",
        "=?base64??=|''",
        "=?base64?=|=?base64?=",
        "=?base64?YQ==|=?base64?YQ==",
        "=?BASE64?YQ==?=|=?BASE64?YQ==?=",
        " =?base64?YQ==?=| =?base64?YQ==?="
      })
  void aValueIsDecodedIfItHasBothMarkers(String header, String value) {
    assertThat(EncodedHeader.decode(header)).hasValue(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=?base64?%%%?=",
        "=?base64?YQ?=", // no padding
        "=?base64?YR==?=", // excess bits
        "=?base64?Y Q==?=",
        "=?base64?/w==?=", // no UTF-8
        "=?base64?7aCA?=", // a surrogate
        "=?base64?wK8=?=", // overlong
        "=?base64?_w==?=" // the alphabet for URLs
      })
  void anythingButCanonicalBase64OfUtf8BetweenTheMarkersIsInvalid(String header) {
    assertThat(EncodedHeader.decode(header)).isEmpty();
  }
}
