package dev.gatehouse.it;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.gatehouse.it.EchoingServer.Behaviour;
import java.util.Base64;
import java.util.List;

/** A request with a unique token, derived from a number, and the expected status. */
record Caller(String target, String headers, String body, int status) {

  /** A text that is in every token and nowhere else. */
  static final String MARK = "Lk7qXw2ZpTvMarkOfAToken";

  /** The names of the authorization servers in the settings, which are also token prefixes. */
  static final List<String> SERVERS = List.of("basic", "post", "jwt", "key", "own");

  private static final List<Behaviour> OUTAGES =
      List.of(
          Behaviour.ECHOING_AS_USER,
          Behaviour.TRUNCATED,
          Behaviour.HTML,
          Behaviour.REFUSING,
          Behaviour.FAILING,
          Behaviour.DISCONNECTING);

  /**
   * Of 20 requests, 10 pass, 3 have inactive tokens, 1 meets an outage, 4 are malformed, 2 evict.
   */
  static Caller number(int number, String evictionSecret) {
    int kind = number % 20;
    Behaviour behaviour =
        kind < 8
            ? Behaviour.ACTIVE
            : kind < 10
                ? Behaviour.ECHOING
                : kind == 13 ? OUTAGES.get(number / 20 % OUTAGES.size()) : Behaviour.INACTIVE;
    String token =
        "%s.%s.%s.%06d"
            .formatted(SERVERS.get(number % 7 % SERVERS.size()), MARK, behaviour, number);
    String basic =
        "Basic " + Base64.getEncoder().encodeToString(("me:" + token).getBytes(US_ASCII));
    return switch (kind) {
      case 13 -> mcp("Bearer " + token, 503);
      case 14 -> mcp("Bearer " + token + " " + token, 400);
      case 15 -> mcp(basic, 401);
      case 16 -> mcp(basic + ", Bearer " + token, 400);
      case 17 -> new Caller("/mcp?access_token=" + token, "", "", 401);
      case 18 -> evict(evictionSecret, "token=" + token, 204);
      case 19 -> evict(token, "token=" + token, 401);
      default -> mcp("Bearer " + token, kind < 10 ? 200 : 401);
    };
  }

  /** A request without credentials, longer than all requests with credentials. */
  static Caller withoutCredentials() {
    return new Caller("/mcp", "X-Padding: " + "-".repeat(2000) + "\r\n", "", 401);
  }

  private static Caller mcp(String authorization, int status) {
    return new Caller("/mcp", header(authorization), "{}", status);
  }

  private static Caller evict(String secret, String body, int status) {
    return new Caller("/evict", header("Bearer " + secret), body, status);
  }

  private static String header(String authorization) {
    return "Authorization: " + authorization + "\r\n";
  }
}
