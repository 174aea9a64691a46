package dev.gatehouse.internal.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which client addresses share one limit on bad tokens. */
class LimitedTogetherTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "192.0.2.1:4711, 192.0.2.1",
    "2001:db8:1:2:3:4:5:6, 20010db800010002::/64",
    "2001:db8:1:2::9, 20010db800010002::/64",
    "[2001:db8:1:2::9], 20010db800010002::/64",
    "[2001:db8:1:2::9]:4711, 20010db800010002::/64",
    "fe80::1%2, fe80000000000000::/64",
    "::ffff:192.0.2.1, 192.0.2.1",
    "::, 0000000000000000::/64",
    "1:2:3, 1:2:3",
    "a:b:c:d:e:f:g, a:b:c:d:e:f:g",
  })
  void anIpv4AddressIsLimitedAloneAndAnIpv6AddressWithItsNetwork(String address, String limited) {
    assertThat(BadTokenLimit.groupOf(address)).isEqualTo(limited);
  }
}
