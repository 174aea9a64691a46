package dev.gatehouse.internal.mcp;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks that the headers of a request announce JSON in UTF-8 without a content coding. */
final class JsonContent {

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";

  /** RFC 9110 §5.6.6, with the value in group 2 or 3. */
  private static final Pattern PARAMETER =
      Pattern.compile(
          "[ \t]*+;[ \t]*+(?:(" + TOKEN + ")=(?:(" + TOKEN + ")|\"((?:[^\"\\\\]|\\\\.)*+)\"))?+");

  private static final String JSON = "application/json";

  private JsonContent() {}

  static boolean isAnnounced(HttpServletRequest request) {
    List<String> types = HeaderValues.of(request, "Content-Type");
    return types.size() == 1
        && isJsonInUtf8(types.get(0))
        && isUncoded(HeaderValues.of(request, "Content-Encoding"));
  }

  private static boolean isUncoded(List<String> codings) {
    for (String coding : codings) {
      if (!coding.equalsIgnoreCase("identity")) {
        return false;
      }
    }
    return true;
  }

  /** RFC 8259 §8.1: JSON is UTF-8, so no other charset is what it claims to be. */
  static boolean isJsonInUtf8(String type) {
    if (!type.regionMatches(true, 0, JSON, 0, JSON.length())) {
      return false;
    }
    String parameters = type.substring(JSON.length()).stripTrailing();
    if (parameters.isEmpty()) {
      return true; // as most clients send it
    }
    Matcher matcher = PARAMETER.matcher(parameters);
    int charsets = 0;
    int at = 0;
    while (at < parameters.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        return false;
      }
      if ("charset".equalsIgnoreCase(matcher.group(1))) {
        String charset = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
        if (!"utf-8".equalsIgnoreCase(charset) || ++charsets > 1) {
          return false;
        }
      }
      at = matcher.end();
    }
    return true;
  }
}
