package dev.gatehouse.internal.servlet;

import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Credentials;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One request, as decisions and logs see it. What only some requests need is computed when it is
 * first used. For one thread.
 */
public final class IncomingRequest {

  /** As MCP clients wrap what is not plain ASCII, Base64 of UTF-8 inside. */
  private static final String WRAP_START = "=?base64?";

  private static final String WRAP_END = "?=";

  private final HttpServletRequest request;
  private final PeerAddresses addresses;
  private final OriginCheck origin;
  private final Credentials credentials;
  private @Nullable String clientAddress;
  private @Nullable String hashPrefix;

  public IncomingRequest(
      HttpServletRequest request, OriginPolicy origins, PeerAddresses addresses) {
    this.request = request;
    this.addresses = addresses;
    this.origin = origins.check(request);
    this.credentials = RequestCredentials.of(request);
  }

  public String method() {
    return request.getMethod();
  }

  /** Whether the {@code Origin} is allowed to call. */
  public OriginCheck origin() {
    return origin;
  }

  public Credentials credentials() {
    return credentials;
  }

  /** The address of the client, for limits and logs and never for access. */
  public String clientAddress() {
    if (clientAddress == null) {
      clientAddress = addresses.of(request);
    }
    return clientAddress;
  }

  /** The first 8 hex digits of the token's SHA-256; a dash where there is no token. */
  public String hashPrefix() {
    if (hashPrefix == null) {
      hashPrefix = credentials instanceof BearerToken token ? token.hashPrefix() : "-";
    }
    return hashPrefix;
  }

  /** Removes the token from a text of the authorization server, which knows the token. */
  public String withoutToken(String text) {
    return credentials instanceof BearerToken token
        ? text.replace(token.value(), "(the token)")
        : text;
  }

  /** The called tool according to the headers: only a hint, because the body may differ. */
  public Optional<String> tool() {
    return "tools/call".equals(request.getHeader("Mcp-Method"))
        ? Optional.ofNullable(request.getHeader("Mcp-Name")).map(IncomingRequest::unwrapped)
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
