package dev.gatehouse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may see the pages that ask for no token, also where others reach the port. */
class ThisMachineTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          loopback                         | 127.0.0.1        | 127.0.0.1    | true
          another address of loopback      | 127.8.8.8        | 127.0.0.1    | true
          loopback in IPv6                 | ::1              | ::1          | true
          in IPv6 as Jetty writes it       | [::1]            | [::1]        | true
          loopback of IPv4, within IPv6    | ::ffff:127.0.0.1 | 10.0.0.1     | true
          to itself by the outer address   | 10.0.0.1         | 10.0.0.1     | true
          a neighbour                      | 10.0.0.2         | 10.0.0.1     | false
          a neighbour in IPv6              | fe80::2          | fe80::1      | false
          any address at all               | 0.0.0.0          | 10.0.0.1     | false
          far away                         | 203.0.113.7      | 10.0.0.1     | false
          no address                       | 300.1.1.1        | 10.0.0.1     | false
          """)
  void onlyACallerOnThisMachineIsOne(String what, String peer, String called, boolean is) {
    assertThat(ThisMachine.isAtBothEnds(peer, called)).as(what).isEqualTo(is);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          an address                | 127.0.0.1             | true
          an address in IPv6        | [::1]                 | true
          without its brackets      | ::1                   | true
          localhost                 | LocalHost             | true
          the name of --host        | Demo.internal         | true
          another name              | evil.example          | false
          that begins as ours does  | demo.internal.example | false
          an address as a label     | 127.0.0.1.example     | false
          no name                   | ''                    | false
          """)
  void onlyAddressesAndOurNameAreNoRebinding(String what, String name, boolean is) {
    assertThat(new ThisMachine("demo.internal").isNamed(name)).as(what).isEqualTo(is);
  }
}
