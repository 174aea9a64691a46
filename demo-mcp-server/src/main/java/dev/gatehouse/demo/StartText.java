package dev.gatehouse.demo;

import java.util.List;

/** What the demo prints when it is up: where it is, and three lines to paste into a shell. */
final class StartText {

  private static final String INITIALIZE =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
          + "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"curl\",\"version\":"
          + "\"1\"}}}";
  private static final String INITIALIZED =
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";
  private static final String WHOAMI =
      "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"whoami\","
          + "\"arguments\":{}}}";

  private final String origin;
  private final Protection protection;

  StartText(ListenAddress address, Protection protection) {
    this.origin = address.origin();
    this.protection = protection;
  }

  /** All of it. */
  String text() {
    List<String> lines = linesToPaste();
    return """
    Gatehouse demo %s listens at %s
    %s

    Three lines to paste. Without an access token it is turned away (401):

    %s

    An access token:

    %s

    And with it a tool that tells who is calling:

    %s

    What comes of it, as live charts for this machine alone: %s
    Ctrl-C stops it.\
    """
        .formatted(
            BuildVersion.text(),
            endpoint(),
            guardedBy(),
            lines.get(0),
            lines.get(1),
            lines.get(2),
            origin + StatusServlet.PAGE);
  }

  /** The three lines, each whole in itself, for any POSIX shell with curl. */
  List<String> linesToPaste() {
    return List.of("curl -i " + endpoint(), token(), toolCall());
  }

  private String endpoint() {
    return origin + McpEndpoint.PATH;
  }

  private String guardedBy() {
    return protection.embedded()
        ? """
            Its authorization server is embedded, and its secrets are public: for trying out only.
            An MCP client needs that address alone: let it log you in as alice (alice-secret) or
            bob (bob-secret).\
            """
        : "Its authorization server is the one that the environment names.";
  }

  private String token() {
    if (!protection.embedded()) {
      return "TOKEN='put one of your authorization server here, for "
          + protection.resource()
          + " with the scopes "
          + String.join(" ", DemoScopes.ALL)
          + "'";
    }
    return "TOKEN=$(curl -s -u "
        + EmbeddedAuthorizationServer.CLIENT_ID
        + ":"
        + EmbeddedAuthorizationServer.CLIENT_SECRET
        + " -d grant_type=client_credentials -d 'scope="
        + String.join(" ", DemoScopes.ALL)
        + "' --data-urlencode 'resource="
        + protection.resource()
        + "' "
        + origin
        + "/oauth/token | sed 's/.*\"access_token\" *: *\"\\([^\"]*\\)\".*/\\1/'); echo \"$TOKEN\"";
  }

  /** Streamable HTTP wants a session first: initialize, take its id, say so, and only then call. */
  private String toolCall() {
    return "mcp() { curl -s "
        + endpoint()
        + " -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json'"
        + " -H 'Accept: application/json, text/event-stream' \"$@\"; }; SESSION=$(mcp -D - -o"
        + " /dev/null -d '"
        + INITIALIZE
        + "' | tr -d '\\r' | awk 'tolower($1) == \"mcp-session-id:\" { print $2 }');"
        + " mcp -H \"Mcp-Session-Id: $SESSION\" -d '"
        + INITIALIZED
        + "'; mcp -H \"Mcp-Session-Id: $SESSION\" -d '"
        + WHOAMI
        + "'";
  }
}
