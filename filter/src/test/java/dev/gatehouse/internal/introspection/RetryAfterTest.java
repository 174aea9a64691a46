package dev.gatehouse.internal.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parses Retry-After (RFC 9110 §10.2.3) and limits it to five minutes. */
class RetryAfterTest {

  /** The time of the server's clock; ours is an hour behind. */
  private static final String DATE = "Sun, 22 Nov 2026 01:00:00 GMT";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          seconds                | 120                            | PT2M
          surrounding spaces     | ' 7 '                          | PT7S
          zero                   | 0                              |
          negative               | -1                             |
          a fraction             | 1.5                            |
          a unit                 | 5s                             |
          empty                  | ''                             |
          a word                 | soon                           |
          five minutes           | 300                            | PT5M
          more than five minutes | 301                            | PT5M
          nine digits            | 999999999                      | PT5M
          ten digits             | 9999999999                     | PT5M
          too large for a number | 99999999999999999999999999999  | PT5M
          a date in 20 seconds   | Sun, 22 Nov 2026 01:00:20 GMT  | PT20S
          one digit for the day  | Sun, 1 Nov 2026 01:00:20 GMT   |
          a date a minute ago    | Sun, 22 Nov 2026 00:59:00 GMT  |
          the current date       | Sun, 22 Nov 2026 01:00:00 GMT  |
          a century, bad weekday | Sun, 22 Nov 2126 01:00:00 GMT  |
          in a century           | Fri, 22 Nov 2126 01:00:00 GMT  | PT5M
          wrong weekday          | Mon, 22 Nov 2026 01:00:20 GMT  |
          invalid day            | Sun, 32 Nov 2026 01:00:20 GMT  |
          """)
  void aValidValueIsParsedAndLimited(String description, String value, String expected) {
    HTTPResponse response = new HTTPResponse(503);
    response.setHeader("Retry-After", value);
    response.setHeader("Date", DATE);

    assertThat(RetryAfter.of(response, Instant.parse("2026-11-22T00:00:00Z")).map(Object::toString))
        .isEqualTo(Optional.ofNullable(expected));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          missing Date   |          |
          invalid Date   | Tomorrow |
          """)
  void withoutAValidDateOurOwnClockIsUsed(String description, String date) {
    HTTPResponse response = new HTTPResponse(503);
    response.setHeader("Retry-After", "Sun, 22 Nov 2026 01:00:20 GMT");
    if (date != null) {
      response.setHeader("Date", date);
    }

    assertThat(RetryAfter.of(response, Instant.parse("2026-11-22T01:00:05Z")))
        .hasValueSatisfying(wait -> assertThat(wait).hasSeconds(15));
  }

  @ParameterizedTest
  @CsvSource({"429", "503"})
  void aResponseWithoutRetryAfterRequestsNoPause(int status) {
    assertThat(RetryAfter.of(new HTTPResponse(status), Instant.EPOCH)).isEmpty();
  }
}
