package dev.gatehouse;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What logs say of a request: each fact is worked out when it is first needed, and once. For one
 * thread.
 */
final class RequestFacts {

  /** As MCP clients wrap what is not plain ASCII, Base64 of UTF-8 inside. */
  private static final String WRAP_START = "=?base64?";

  private static final String WRAP_END = "?=";

  private final HttpServletRequest request;
  private final Supplier<String> peers;
  private final Credentials credentials;
  private @Nullable String peer;
  private @Nullable String hashPrefix;

  RequestFacts(HttpServletRequest request, Supplier<String> peers, Credentials credentials) {
    this.request = request;
    this.peers = peers;
    this.credentials = credentials;
  }

  String method() {
    return request.getMethod();
  }

  String peer() {
    if (peer == null) {
      peer = peers.get();
    }
    return peer;
  }

  /** The first 8 hex digits of the token's SHA-256; a dash where there is no token. */
  String hashPrefix() {
    if (hashPrefix == null) {
      hashPrefix = credentials instanceof BearerToken token ? token.hashPrefix() : "-";
    }
    return hashPrefix;
  }

  /** A text may hold what the authorization server says, and that server knows the token. */
  String withoutToken(String text) {
    return credentials instanceof BearerToken token
        ? text.replace(token.value(), "(the token)")
        : text;
  }

  /** The tool that is called, as the headers have it: only a hint, the body may say otherwise. */
  Optional<String> tool() {
    return "tools/call".equals(request.getHeader("Mcp-Method"))
        ? Optional.ofNullable(request.getHeader("Mcp-Name")).map(RequestFacts::unwrapped)
        : Optional.empty();
  }

  private static String unwrapped(String name) {
    if (name.length() < WRAP_START.length() + WRAP_END.length()
        || !name.startsWith(WRAP_START)
        || !name.endsWith(WRAP_END)) {
      return name;
    }
    String inside = name.substring(WRAP_START.length(), name.length() - WRAP_END.length());
    try {
      byte[] bytes = Base64.getDecoder().decode(inside);
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return name; // as it came
    }
  }
}
