package dev.gatehouse.internal.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangesTest {

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3,      10.1.2.3,          true",
    "10.1.2.3,      10.1.2.4,          false",
    "10.0.0.0/8,    10.255.0.1,        true",
    "10.0.0.0/8,    11.0.0.1,          false",
    "10.1.2.0/23,   10.1.3.9,          true",
    "10.1.2.0/23,   10.1.4.0,          false",
    "10.1.2.128/25, 10.1.2.127,        false",
    "10.1.2.128/25, 10.1.2.128,        true",
    "0.0.0.0/0,     203.0.113.7,       true",
    "0.0.0.0/0,     ::1,               false",
    "::1,           0:0:0:0:0:0:0:1,   true",
    "::1,           [::1],             true",
    "::1,           ::1%lo,            true",
    "::/0,          fe80::1%eth0,      true",
    "fd00::/8,      fd12:3456::1,      true",
    "fd00::/8,      fe00::1,           false",
    "127.0.0.1,     ::ffff:127.0.0.1,  true",
    "127.0.0.1,     localhost,         false",
    "127.0.0.1,     127.0.0.1:80,      false",
    "127.0.0.1,     '',                false",
    "127.0.0.1,     unknown,           false"
  })
  void anAddressIsInARangeOrNot(String range, String address, boolean expected) {
    assertThat(AddressRanges.parse(List.of(range)).contains(address)).isEqualTo(expected);
  }

  @Test
  void anAddressMayBeInAnyOfTheRanges() {
    AddressRanges ranges = AddressRanges.parse(List.of("10.0.0.0/8", "::1"));

    assertThat(ranges.contains("10.0.0.1")).isTrue();
    assertThat(ranges.contains("::1")).isTrue();
    assertThat(ranges.contains("192.168.0.1")).isFalse();
    assertThat(ranges.contains(null)).isFalse();
    assertThat(AddressRanges.NONE.contains("127.0.0.1")).isFalse();
  }

  /** Names are not resolved: who answers for them may change. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "proxy.example",
        "10.1.2.256",
        "10.1.2",
        "10.1.2.3/33",
        "10.1.2.3/",
        "::1/129",
        "10.1.2.3/-1",
        "010.1.2.3",
        "dead.beef",
        "::1::",
        "10.0.0.0/8/8",
        "*",
        "/8",
        ":"
      })
  void whatIsNoAddressIsAnError(String text) {
    assertThatThrownBy(() -> AddressRanges.parse(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'" + text + "' is no address");
  }
}
