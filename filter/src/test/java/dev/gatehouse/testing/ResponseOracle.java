package dev.gatehouse.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * Says a second time, in other words than the filter's, which introspection answers may let a
 * request in. It has to agree only where the filter admits: what that refuses besides is its own
 * affair.
 */
public record ResponseOracle(String mcp, String issuer, String requiredScope) {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  public boolean mayAdmit(String body) {
    try {
      JsonNode json = MAPPER.readTree(body);
      return json.isObject()
          && json.path("active").isBoolean()
          && json.path("active").asBoolean()
          && !json.has("cnf")
          && (!json.has("exp") || seconds(json, "exp") >= Generators.NOW + 1)
          && (!json.has("nbf") || seconds(json, "nbf") < Generators.NOW + 31)
          && (!json.has("iss") || json.path("iss").asText().equals(issuer))
          && (!json.has("token_type") || json.path("token_type").asText().matches("(?i)bearer"))
          && names(json.path("aud")).stream().anyMatch(this::isOurs)
          && scopes(json.path("scope")).contains(requiredScope);
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** Scheme and host in any case, the default port and one slash are the only freedoms. */
  public boolean isOurs(String audience) {
    int path = mcp.indexOf('/', "https://".length());
    return audience.matches(
        "(?i)"
            + Pattern.quote(mcp.substring(0, path))
            + "(:0*443|:)?(?-i)"
            + Pattern.quote(mcp.substring(path))
            + "/?");
  }

  private static double seconds(JsonNode json, String name) {
    return json.path(name).isNumber() ? json.path(name).asDouble() : Double.NaN;
  }

  private static List<String> names(JsonNode json) {
    return json.isTextual()
        ? List.of(json.asText())
        : StreamSupport.stream(json.spliterator(), false).map(JsonNode::asText).toList();
  }

  private static List<String> scopes(JsonNode json) {
    return json.isTextual() ? Arrays.asList(json.asText().split(" ", -1)) : names(json);
  }
}
