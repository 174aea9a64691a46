package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.gatehouse.testing.ExpectedRefusal;
import dev.gatehouse.testing.FakeAuthorizationServer;
import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.ManualClock;
import dev.gatehouse.testing.RawClient;
import dev.gatehouse.testing.RawClient.RawResponse;
import dev.gatehouse.testing.RequestTable.Row;
import dev.gatehouse.testing.Secrets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sends one row's request and compares the whole outcome with the row. */
public final class RowCheck {

  private static final Pattern REPEATED = Pattern.compile("\\{(\\d+)\\*([^}]+)}");
  private static final Pattern SECONDS = Pattern.compile("\\{now([+-]\\d+)?}");
  private static final Pattern BYTE = Pattern.compile("\\\\x([0-9A-Fa-f]{2})");

  private final GuardedServer guarded;
  private final LogWatch log;
  private final Row row;
  private final String token = Secrets.token();

  public RowCheck(GuardedServer guarded, LogWatch log, Row row) {
    this.guarded = guarded;
    this.log = log;
    this.row = row;
  }

  public void run() throws IOException {
    int callsBefore = guarded.servlet.calls();
    int requestsBefore = guarded.as.requests().size();
    guarded.as.introspection(behaviour());
    if (row.status().equals("503")) {
      log.announce("reason=" + row.reason());
      if (row.reason().equals("as_overloaded")) {
        log.announce("circuit breaker open for PT5S: ");
      }
    }

    RawResponse response = RawClient.send(guarded.server.port(), request());

    assertThat(response.status())
        .as("status of %s", response)
        .isEqualTo(Integer.parseInt(row.status()));
    assertThat(Secrets.appearIn(response.toString()))
        .as("contains the token: %s", response)
        .isFalse();
    // Exactly one, without retry or followed redirect, or none if the row says so.
    assertThat(guarded.as.requests().size() - requestsBefore)
        .as("requests to the authorization server")
        .isEqualTo(row.introspectionResponse().equals("never") ? 0 : 1);
    boolean admitted = row.status().equals("200") && !row.error().equals("document");
    assertThat(guarded.servlet.calls() - callsBefore)
        .as("calls that reached the servlet")
        .isEqualTo(admitted ? 1 : 0);
    if (admitted) {
      assertThat(response.body()).contains(row.error().equals("-") ? "" : row.error());
      assertThat(log.reasons()).isEmpty();
    } else if (row.reason().equals("container") || row.reason().equals("-")) {
      assertThat(log.reasons()).isEmpty();
    } else {
      assertRefused(response);
    }
  }

  private void assertRefused(RawResponse response) {
    String scopes =
        row.error().equals("insufficient_scope")
            ? row.settings().getOrDefault("expected-scopes", "")
            : "";
    new ExpectedRefusal(guarded.metadataUrl(), challengeScopes(scopes))
        .assertMatches(response, row.error(), isHead());
    if (row.reason().equals("unlogged")) {
      assertThat(log.reasons()).isEmpty();
      return;
    }
    assertThat(log.reasons()).containsExactly(row.reason());
    assertThat(log.messages())
        .filteredOn(message -> message.contains("refused: reason="))
        .singleElement()
        .asString()
        .startsWith(level());
  }

  private String challengeScopes(String needed) {
    return needed.isEmpty()
        ? row.settings().getOrDefault("required-scopes", "").split("\\|", -1)[0].strip()
        : needed;
  }

  private String level() {
    if (row.reason().equals("as_credentials")) {
      return "ERROR ";
    }
    return row.status().equals("503") ? "WARN " : "INFO ";
  }

  private boolean isHead() {
    return row.request().startsWith("HEAD ");
  }

  private String request() {
    List<String> parts =
        new ArrayList<>(Arrays.stream(row.request().split(" ; ", -1)).map(String::strip).toList());
    String requestLine = parts.get(0).matches("[A-Za-z]+ /.*") ? parts.remove(0) : "POST /mcp";
    parts.remove("none");
    parts.replaceAll(part -> part.equals("token") ? "Authorization: Bearer {token}" : part);
    return RawClient.request(expand(requestLine), parts.stream().map(this::expand).toList());
  }

  private FakeAuthorizationServer.Behaviour behaviour() {
    String[] words = row.introspectionResponse().split(" ", 2);
    String rest = words.length == 1 ? "" : words[1];
    return switch (words[0]) {
      case "never" -> RowCheck::notExpected;
      case "active" -> json(guarded.activeResponse(rest));
      case "bare" -> json("{\"active\":true" + (rest.isEmpty() ? "" : "," + rest) + "}");
      case "json" -> json(rest);
      case "http" -> {
        String[] parts = (rest + " ").split(" ", 3);
        yield FakeAuthorizationServer.bytes(
            Integer.parseInt(parts[0]),
            parts[1].equals("-") ? "" : parts[1].replace("~", " "),
            GuardedServer.bytes(expand(parts[2].strip())));
      }
      case "redirect" ->
          FakeAuthorizationServer.redirect(
              Integer.parseInt(rest), guarded.as.issuer() + "/elsewhere");
      default ->
          throw new IllegalArgumentException("unknown response: " + row.introspectionResponse());
    };
  }

  private static void notExpected(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(500, -1);
  }

  private FakeAuthorizationServer.Behaviour json(String body) {
    return FakeAuthorizationServer.bytes(
        200, "application/json", GuardedServer.bytes(expand(utf8AsLatin1(body))));
  }

  /** Rows hold characters; the wire carries their bytes in UTF-8. */
  private static String utf8AsLatin1(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private String expand(String text) {
    String expanded =
        text.replace("{token}", token)
            .replace("{mcp}", guarded.server.mcp())
            .replace("{origin}", guarded.server.origin())
            .replace("{port}", "" + guarded.server.port())
            .replace("{issuer}", guarded.as.issuer())
            .replace("{issuer-port}", "" + guarded.as.port());
    expanded = SECONDS.matcher(expanded).replaceAll(RowCheck::seconds);
    expanded =
        REPEATED
            .matcher(expanded)
            .replaceAll(times -> times.group(2).repeat(Integer.parseInt(times.group(1))));
    return BYTE.matcher(expanded)
        .replaceAll(
            hex ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(hex.group(1), 16))));
  }

  private static String seconds(MatchResult offset) {
    long more = offset.group(1) == null ? 0 : Long.parseLong(offset.group(1));
    return Long.toString(ManualClock.NOW.getEpochSecond() + more);
  }
}
