package dev.gatehouse.authorizationserver.internal.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The IANA special-purpose address registries, with the first and last address of each block. */
class PublicAddressTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          this network, 0/8                  | 0.0.0.0         | 0.255.255.255
          private, 10/8                      | 10.0.0.0        | 10.255.255.255
          carrier-grade NAT, 100.64/10       | 100.64.0.0      | 100.127.255.255
          loopback, 127/8                    | 127.0.0.0       | 127.255.255.255
          link-local and cloud metadata      | 169.254.0.0     | 169.254.255.255
          cloud metadata                     | 169.254.169.254 | 169.254.169.254
          private, 172.16/12                 | 172.16.0.0      | 172.31.255.255
          protocol assignments, 192.0.0/24   | 192.0.0.0       | 192.0.0.255
          documentation 1, 192.0.2/24        | 192.0.2.0       | 192.0.2.255
          6to4 relay, 192.88.99/24           | 192.88.99.0     | 192.88.99.255
          private, 192.168/16                | 192.168.0.0     | 192.168.255.255
          benchmarks, 198.18/15              | 198.18.0.0      | 198.19.255.255
          documentation 2, 198.51.100/24     | 198.51.100.0    | 198.51.100.255
          documentation 3, 203.0.113/24      | 203.0.113.0     | 203.0.113.255
          multicast, 224/4                   | 224.0.0.0       | 239.255.255.255
          reserved, 240/4                    | 240.0.0.0       | 255.255.255.254
          broadcast                          | 255.255.255.255 | 255.255.255.255
          unspecified, loopback              | ::              | ::1
          IPv4-compatible                    | ::2             | ::ffff:ffff
          IPv4-compatible, public inside     | ::8.8.8.8       | ::8.8.8.8
          NAT64 of the network, 64:ff9b::/96 | 64:ff9b::       | 64:ff9b::ffff:ffff
          NAT64 of loopback                  | 64:ff9b::127.0.0.1 | 64:ff9b::7f00:1
          local NAT64, 64:ff9b:1::/48        | 64:ff9b:1::     | 64:ff9b:1:ffff:ffff:ffff:ffff:ffff
          discard only, 100::/64             | 100::           | 100::ffff:ffff:ffff:ffff
          Teredo, 2001::/32                  | 2001::          | 2001:0:ffff:ffff:ffff:ffff:ffff:ffff
          benchmarks, 2001:2::/48            | 2001:2::        | 2001:2:0:ffff:ffff:ffff:ffff:ffff
          ORCHIDv2 and the rest of 2001::/23 | 2001:20::       | 2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff
          documentation, 2001:db8::/32       | 2001:db8::      | 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff
          6to4, 2002::/16                    | 2002::          | 2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff
          6to4 of loopback                   | 2002:7f00:1::   | 2002:7f00:1::1
          documentation, 3fff::/20           | 3fff::          | 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff
          segment routing, 5f00::/16         | 5f00::          | 5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff
          unassigned                         | 4000::          | fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
          unique local, fc00::/7             | fc00::          | fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
          cloud metadata over IPv6           | fd00:ec2::254   | fd00:ec2::254
          link-local, fe80::/10              | fe80::          | febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff
          site-local, fec0::/10              | fec0::          | feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
          multicast, ff00::/8                | ff00::          | ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
          """)
  void specialPurposeBlocksAreNotPublic(String block, String first, String last)
      throws UnknownHostException {
    assertThat(isPublic(first)).as(first).isFalse();
    assertThat(isPublic(last)).as(last).isFalse();
  }

  @ParameterizedTest // each one is next to a block that is not public
  @ValueSource(
      strings = {
        "1.0.0.0",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "191.255.255.255",
        "192.0.1.0",
        "192.0.3.0",
        "192.1.0.0",
        "192.1.2.0",
        "192.88.98.255",
        "192.88.100.0",
        "192.87.99.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "198.51.99.255",
        "198.51.101.0",
        "198.50.100.0",
        "203.0.112.255",
        "203.0.114.0",
        "203.1.113.0",
        "223.255.255.255",
        "8.8.8.8",
        "2000::",
        "2001:200::",
        "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
        "2001:db9::",
        "2003::",
        "2606:4700:4700::1111",
        "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        "3fff:1000::",
        "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      })
  void addressesNextToSpecialPurposeBlocksArePublic(String address) throws UnknownHostException {
    assertThat(isPublic(address)).isTrue();
  }

  @ParameterizedTest // RFC 4291 §2.5.5.2
  @CsvSource({
    "::ffff:127.0.0.1, false",
    "::ffff:10.0.0.1, false",
    "::ffff:169.254.169.254, false",
    "::ffff:a9fe:a9fe, false",
    "::ffff:100.64.0.1, false",
    "::ffff:0.0.0.0, false",
    "::ffff:8.8.8.8, true",
  })
  void anIpv4MappedAddressCountsAsItsIpv4Address(String address, boolean expected)
      throws UnknownHostException {
    assertThat(isPublic(address)).isEqualTo(expected);
  }

  @Test
  void aMappedAddressThatTheResolverLeavesInIpv6FormIsNotPublic() throws UnknownHostException {
    byte[] bytes = new byte[16];
    bytes[10] = bytes[11] = (byte) 0xFF;
    bytes[12] = bytes[13] = bytes[14] = bytes[15] = 8;

    assertThat(PublicAddress.isPublic(Inet6Address.getByAddress("host", bytes, 0))).isFalse();
  }

  @Test // with an interface that exists everywhere
  void aScopedAddressIsNotPublic() throws UnknownHostException {
    byte[] bytes = InetAddress.getByName("fe80::1").getAddress();

    assertThat(PublicAddress.isPublic(Inet6Address.getByAddress("host", bytes, 1))).isFalse();
  }

  private static boolean isPublic(String address) throws UnknownHostException {
    return PublicAddress.isPublic(InetAddress.getByName(address));
  }
}
