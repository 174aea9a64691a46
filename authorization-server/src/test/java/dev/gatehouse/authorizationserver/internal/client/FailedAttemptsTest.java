package dev.gatehouse.authorizationserver.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FailedAttemptsTest {
  @Test
  void addressesOfOneIpv6NetworkAreOne() {
    assertThat(FailedAttempts.networkOf("2001:db8::1"))
        .isEqualTo(FailedAttempts.networkOf("2001:db8::ffff:2"));
    assertThat(FailedAttempts.networkOf("2001:db8::1"))
        .isNotEqualTo(FailedAttempts.networkOf("2001:db8:0:1::1"));
    assertThat(FailedAttempts.networkOf("192.0.2.1"))
        .isNotEqualTo(FailedAttempts.networkOf("192.0.2.2"));
  }
}
