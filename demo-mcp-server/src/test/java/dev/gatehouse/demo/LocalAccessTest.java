package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Access to the pages that require no token, on a port that other machines can reach. */
class LocalAccessTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          loopback                         | 127.0.0.1        | 127.0.0.1    | true
          another address of loopback      | 127.8.8.8        | 127.0.0.1    | true
          loopback in IPv6                 | ::1              | ::1          | true
          IPv6 as Jetty writes it          | [::1]            | [::1]        | true
          IPv4 loopback mapped to IPv6     | ::ffff:127.0.0.1 | 10.0.0.1     | true
          the same outer address           | 10.0.0.1         | 10.0.0.1     | true
          a host on the same network       | 10.0.0.2         | 10.0.0.1     | false
          the same with IPv6               | fe80::2          | fe80::1      | false
          the unspecified address          | 0.0.0.0          | 10.0.0.1     | false
          a remote host                    | 203.0.113.7      | 10.0.0.1     | false
          an invalid address               | 300.1.1.1        | 10.0.0.1     | false
          """)
  void onlyClientsOnThisMachineAreLocal(
      String what, String client, String server, boolean expected) {
    assertThat(LocalAccess.isSameMachine(client, server)).as(what).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an address                | 127.0.0.1             | true
          an IPv6 address           | [::1]                 | true
          IPv6 without brackets     | ::1                   | true
          localhost                 | LocalHost             | true
          the name of --host        | Demo.internal         | true
          another name              | evil.example          | false
          a longer name             | demo.internal.example | false
          an address as a label     | 127.0.0.1.example     | false
          an empty name             | ''                    | false
          """)
  void onlyAddressesAndKnownNamesAreAllowedHosts(String what, String name, boolean expected) {
    assertThat(new LocalAccess("demo.internal").isAllowedHost(name)).as(what).isEqualTo(expected);
  }
}
