package dev.gatehouse.demo;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.modelcontextprotocol.client.transport.McpHttpClientTransportAuthorizationException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A response that an MCP client got instead of what it asked for.
 *
 * @param parameters of the challenge
 */
record Refusal(int status, Map<String, String> parameters) {

  private static final Pattern PARAMETER = Pattern.compile("(\\w+)=\"([^\"]*)\"");

  /** The refusal of a call of the MCP SDK's client. */
  static Refusal of(Runnable call) {
    RuntimeException thrown = catchThrowableOfType(RuntimeException.class, call::run);
    return Stream.<Throwable>iterate(thrown, cause -> cause != null, Throwable::getCause)
        .filter(McpHttpClientTransportAuthorizationException.class::isInstance)
        .map(McpHttpClientTransportAuthorizationException.class::cast)
        .findFirst()
        .map(refused -> of(refused.getResponseInfo()))
        .orElseThrow(() -> new AssertionError("not refused", thrown));
  }

  static Refusal of(ResponseInfo response) {
    return new Refusal(response.statusCode(), parameters(response.headers()));
  }

  private static Map<String, String> parameters(HttpHeaders headers) {
    return PARAMETER
        .matcher(headers.firstValue("WWW-Authenticate").orElse(""))
        .results()
        .collect(Collectors.toMap((MatchResult each) -> each.group(1), each -> each.group(2)));
  }

  /** A parameter that the challenge must have. */
  String parameter(String name) {
    return requireNonNull(parameters.get(name), () -> name + " in " + this);
  }

  /** The scopes that the challenge names. */
  List<String> scopes() {
    return List.of(parameter("scope").split(" "));
  }
}
