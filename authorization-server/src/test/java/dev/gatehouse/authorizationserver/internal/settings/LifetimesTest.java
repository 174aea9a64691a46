package dev.gatehouse.authorizationserver.internal.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LifetimesTest {

  @Test
  void theDefaultsAreValid() {
    assertThat(
            new Lifetimes(
                    Lifetimes.DEFAULT_ACCESS_TOKEN,
                    Lifetimes.DEFAULT_REFRESH_TOKEN,
                    Lifetimes.DEFAULT_REFRESH_GRACE,
                    Lifetimes.DEFAULT_REGISTERED_CLIENT)
                .errors())
        .isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the shortest access token             | PT1S    | P30D    | PT10S  | P90D   |
          the longest access token              | PT24H   | P30D    | PT10S  | P90D   |
          no time at all                        | PT0S    | P30D    | PT10S  | P90D   | accessTokenLifetime
          a negative time                       | PT-1S   | P30D    | PT10S  | P90D   | accessTokenLifetime
          less than a second                    | PT0.999S | P30D   | PT10S  | P90D   | accessTokenLifetime
          a fraction of a second                | PT1.5S  | P30D    | PT10S  | P90D   | accessTokenLifetime
          a second more than a day              | PT24H1S | P30D    | PT10S  | P90D   | accessTokenLifetime
          a refresh token as long as an access token | PT10M | PT10M | PT10S  | P90D   |
          a refresh token that is shorter       | PT10M   | PT9M59S | PT10S  | P90D   | refreshTokenLifetime
          no grace period                       | PT10M   | P30D    | PT0S   | P90D   |
          the longest grace period              | PT10M   | P30D    | PT1M   | P90D   |
          a negative grace period               | PT10M   | P30D    | PT-1S  | P90D   | refreshGrace
          a longer grace period                 | PT10M   | P30D    | PT61S  | P90D   | refreshGrace
          a client as long as its refresh token | PT10M   | P30D    | PT10S  | P30D   |
          a client that is shorter              | PT10M   | P30D    | PT10S  | P29DT23H59M59S | registeredClientLifetime
          """)
  void eachLifetimeHasBounds(
      String what,
      Duration access,
      Duration refresh,
      Duration grace,
      Duration client,
      @Nullable String setting) {
    Lifetimes lifetimes = new Lifetimes(access, refresh, grace, client);

    if (setting == null) {
      assertThat(lifetimes.errors()).isEmpty();
    } else {
      assertThat(lifetimes.errors())
          .singleElement()
          .asString()
          .startsWith(setting + ": PT")
          .contains("; write ");
    }
  }

  @Test
  void allErrorsAreListed() {
    Duration negative = Duration.ofSeconds(-10);

    assertThat(
            new Lifetimes(negative, negative.multipliedBy(2), negative, negative.multipliedBy(3))
                .errors())
        .hasSize(4);
  }
}
