package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {

  @ParameterizedTest(name = "{0} and {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          127.0.0.1 | 8080 | http://127.0.0.1:8080 | true
          127.1     | 8080 | http://127.0.0.1:8080 | true
          127.0.0.2 | 8080 | http://127.0.0.2:8080 | true
          localhost | 8080 | http://localhost:8080 | true
          LOCALHOST | 8080 | http://localhost:8080 | true
          127.0.0.1 | 80   | http://127.0.0.1      | true
          ::1       | 8080 | http://[::1]:8080     | true
          [::1]     | 8080 | http://[::1]:8080     | true
          0.0.0.0   | 8080 | http://0.0.0.0:8080   | false
          ::        | 8080 | http://[::]:8080      | false
          192.0.2.1 | 8080 | http://192.0.2.1:8080 | false
          """)
  void theOriginIsNormalizedAsClientsNormalizeIt(
      String host, int port, String origin, boolean loopback) {
    ListenAddress address = ListenAddress.of(host, port);

    assertThat(address.origin()).isEqualTo(origin);
    assertThat(address.loopbackOnly()).isEqualTo(loopback);
  }

  // The JDK would resolve an empty name to loopback.
  @ParameterizedTest(name = "\"{0}\"")
  @ValueSource(
      strings = {
        "",
        " ",
        "127.0.0.1/x",
        "a b",
        "fe80::1%eth0",
        "user@127.0.0.1",
        "1.2.3.4.5",
        "[]"
      })
  void anInvalidHostIsRefused(String host) {
    assertThatThrownBy(() -> ListenAddress.of(host, 8080))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("--host: '");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_536, Integer.MAX_VALUE})
  void anInvalidPortIsRefused(int port) {
    assertThatThrownBy(() -> ListenAddress.of("127.0.0.1", port))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("--port: " + port);
  }
}
