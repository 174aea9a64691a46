package dev.gatehouse.demo;

import java.util.List;

/** The text printed at start: the address and three lines to paste into a shell. */
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

  /** The whole text. */
  String text() {
    List<String> lines = linesToPaste();
    return """
    Gatehouse demo %s listens at %s
    %s

    Three lines to paste into a shell. A request without an access token is refused (401):

    %s

    Get an access token:

    %s

    Call a tool with it, which returns the caller:

    %s

    Live charts, available on this machine only: %s
    Ctrl-C stops the demo.\
    """
        .formatted(
            BuildVersion.text(),
            endpoint(),
            authorizationServer(),
            lines.get(0),
            lines.get(1),
            lines.get(2),
            origin + StatusServlet.PAGE);
  }

  /** The three lines, each a complete command for any POSIX shell with curl. */
  List<String> linesToPaste() {
    return List.of("curl -i " + endpoint(), token(), toolCall());
  }

  private String endpoint() {
    return origin + McpEndpoint.PATH;
  }

  private String authorizationServer() {
    return protection.embedded()
        ? """
            It uses its own authorization server, whose secrets are public: for testing only.
            An MCP client needs only that address. Log in as alice (alice-secret) or
            bob (bob-secret).\
            """
        : "It uses the authorization server that the environment names.";
  }

  private String token() {
    if (!protection.embedded()) {
      return "TOKEN='an access token of your authorization server, for the resource "
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

  /** Streamable HTTP requires a session: initialize, read its id, notify, then call the tool. */
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
