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
 * A second implementation of the rules for introspection responses, independent of the filter's.
 * Each response that the filter admits must be admissible here; the filter may refuse more.
 */
public record ResponseOracle(String mcp, String issuer, String requiredScope) {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /** Whether a filter may admit a request after this introspection response. */
  public boolean mayAdmit(String body) {
    try {
      JsonNode json = MAPPER.readTree(body);
      return json.isObject()
          && json.path("active").isBoolean()
          && json.path("active").asBoolean()
          && !json.hasNonNull("cnf")
          && (!json.hasNonNull("exp") || seconds(json, "exp") >= Generators.NOW + 1)
          && (!json.hasNonNull("nbf") || seconds(json, "nbf") < Generators.NOW + 31)
          && (!json.hasNonNull("iss") || json.path("iss").asText().equals(issuer))
          && (!json.hasNonNull("token_type")
              || json.path("token_type").asText().matches("(?i)bearer|access_token"))
          && !json.path("typ").asText().matches("(?i)id|refresh|offline|logout|dpop")
          && (!json.hasNonNull("token_use")
              || json.path("token_use").asText().matches("(?i)access([_-]token)?|bearer"))
          && names(json.path("aud")).stream().anyMatch(this::isOurs)
          && scopes(json.path("scope")).contains(requiredScope);
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /** Ignores the case of scheme and host, the default port and one trailing slash; nothing else. */
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
