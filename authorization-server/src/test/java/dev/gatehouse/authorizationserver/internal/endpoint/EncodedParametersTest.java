package dev.gatehouse.authorizationserver.internal.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The parameters of a query or form (RFC 6749 §3.1, §3.2). */
class EncodedParametersTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "'', ''",
    "a=b, a=b",
    "a=, ''",
    "a, ''",
    "a=b&c=&d, a=b",
    "c=&a=b, a=b",
    "&&a=b&, a=b",
    "a=b&c=d, a=b&c=d",
    "a=%20, a=%20",
    "a=+, a=+",
    "a=%00, a=%00",
    "a==, a==",
    "a==b, a==b",
    "%61=, ''",
    "%61=b, %61=b",
    "a%3D=, ''",
    "a%3Db, ''",
    "resource=&resource=x, resource=x",
    "resource=x&resource=y, resource=x&resource=y",
  })
  void parametersWithoutAValueAreOmittedAndOthersUnchanged(String sent, String kept) {
    assertThat(EncodedParameters.read(sent)).isEqualTo(new EncodedParameters.Values(kept));
  }

  @ParameterizedTest // which of them was meant is unknown
  @ValueSource(
      strings = {"a=b&a=c", "a=b&a=", "a=&a=b", "a&a", "a=b&%61=c", "Resource=a&Resource=b"})
  void aParameterMustNotBeRepeatedEvenWithoutAValue(String sent) {
    assertThat(EncodedParameters.read(sent)).isInstanceOf(EncodedParameters.Repeated.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a=%", "a=%2", "%zz=", "a=b&c%=", "a=%2g"})
  void everyPercentSignIsFollowedByTwoDigitsAlsoInAnOmittedParameter(String sent) {
    assertThat(EncodedParameters.read(sent)).isInstanceOf(EncodedParameters.Undecodable.class);
  }

  @Test
  void valuesAreNotPrinted() {
    assertThat(EncodedParameters.read("client_secret=hidden").toString()).doesNotContain("hidden");
  }
}
