package dev.gatehouse.authorizationserver.internal.client;

import dev.gatehouse.authorizationserver.store.UriSyntax;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The URL of a client ID metadata document, which can be written in one way only. */
final class ClientIdUrl {
  private static final int MAX_URL = 1_000;

  /** The JDK also takes {@code 2130706433} and {@code 127.1} for IPv4 addresses. */
  private static final Pattern ENDS_IN_NUMBER = Pattern.compile("(.*\\.)?(\\d+|0x[0-9a-f]*)");

  private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d*)(\\.(0|[1-9]\\d*)){3}");

  private ClientIdUrl() {}

  /** Section 3 of the draft: requires a path and excludes all ways to write one URL differently. */
  static Optional<URI> parse(String clientId) {
    return UriSyntax.parse(clientId)
        .filter(
            url ->
                clientId.length() <= MAX_URL
                    && url.getHost() != null
                    && isCanonicalHost(url.getHost())
                    && url.getRawPath().length() > 1
                    && url.normalize().equals(url)
                    && !url.getRawPath().contains("%2e")
                    && !url.getRawPath().contains("%2E"));
  }

  /** Otherwise the spellings of one host would each have a limit of their own. */
  private static boolean isCanonicalHost(String host) {
    return host.equals(host.toLowerCase(Locale.ROOT))
        && !host.endsWith(".")
        // IPv6: the same address can be written in many ways.
        && !host.startsWith("[")
        && (!ENDS_IN_NUMBER.matcher(host).matches() || IPV4.matcher(host).matches());
  }
}
