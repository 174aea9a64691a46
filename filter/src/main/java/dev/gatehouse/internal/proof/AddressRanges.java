package dev.gatehouse.internal.proof;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of IP addresses: {@code 10.1.2.3}, {@code 10.0.0.0/8}, {@code ::1}, {@code fd00::/8}.
 * Names are not resolved.
 */
public record AddressRanges(List<Range> ranges) {

  /** No address. */
  public static final AddressRanges NONE = new AddressRanges(List.of());

  private static final Pattern IPV4 =
      Pattern.compile("(0|[1-9][0-9]{0,2})(\\.(0|[1-9][0-9]{0,2})){3}");

  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private static final Pattern RANGE = Pattern.compile("([^/]*)(?:/(0|[1-9][0-9]{0,2}))?");

  /** The addresses whose first bits are these. */
  static final class Range {

    private final byte[] address;
    private final int bits;

    Range(byte[] address, int bits) {
      this.address = address;
      this.bits = bits;
    }

    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += 8) {
        int mask = 0xff << Math.max(0, 8 - (bits - bit));
        if (((address[bit / 8] ^ other[bit / 8]) & mask & 0xff) != 0) {
          return false;
        }
      }
      return true;
    }
  }

  public AddressRanges {
    ranges = List.copyOf(ranges);
  }

  /**
   * Parses ranges.
   *
   * @throws IllegalArgumentException if one is neither an address nor a range
   */
  public static AddressRanges parse(List<String> texts) {
    return new AddressRanges(texts.stream().map(AddressRanges::range).toList());
  }

  private static Range range(String text) {
    Matcher parts = RANGE.matcher(text);
    byte[] address = parts.matches() ? address(parts.group(1)) : null;
    int bits = address == null ? 0 : address.length * 8;
    String given = address == null ? null : parts.group(2);
    if (address == null || (given != null && Integer.parseInt(given) > bits)) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address; write one such as 10.1.2.3, or a range as 10.1.0.0/16");
    }
    return new Range(address, given == null ? bits : Integer.parseInt(given));
  }

  /** Whether an address is in one of the ranges; false if it is null or no address. */
  boolean contains(@Nullable String text) {
    byte[] address = text == null ? null : address(withoutBracketsAndZone(text));
    if (address != null) {
      for (Range range : ranges) {
        if (range.contains(address)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Containers write IPv6 addresses as {@code [::1]} or {@code fe80::1%eth0}. */
  private static String withoutBracketsAndZone(String text) {
    String address =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    int zone = address.indexOf('%');
    return zone < 0 ? address : address.substring(0, zone);
  }

  /** The bytes of a literal address; four for an IPv4 address within IPv6, too. */
  private static byte @Nullable [] address(String text) {
    if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
      return null; // perhaps a name, which the JDK would resolve
    }
    try {
      return text.indexOf(':') < 0 && hasTooLargeByte(text)
          ? null
          : InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private static boolean hasTooLargeByte(String ipv4) {
    for (String part : ipv4.split("\\.", -1)) {
      if (Integer.parseInt(part) > 255) {
        return true;
      }
    }
    return false;
  }
}
