package dev.gatehouse.internal.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.gatehouse.internal.introspection.Introspector;
import dev.gatehouse.internal.syntax.StrictJson;
import dev.gatehouse.internal.token.BearerToken;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Chooses which of several authorization servers to ask about a token: every server asked learns
 * the token. What the token says of itself only chooses; it is the server's answer that is
 * believed.
 */
public final class ServerSelection {

  private final List<Introspector> servers;
  private final boolean inOrder;

  /**
   * Makes one.
   *
   * @param inOrder whether a token that does not say whose it is may be shown to all, one by one
   */
  public ServerSelection(List<Introspector> servers, boolean inOrder) {
    this.servers = servers;
    this.inOrder = inOrder;
  }

  /** Those to ask, in order; empty when the token is nobody's. */
  List<Introspector> forToken(BearerToken token) {
    return servers.size() == 1 ? servers : among(token);
  }

  private List<Introspector> among(BearerToken token) {
    for (Introspector each : servers) {
      String prefix = each.server().tokenPrefix();
      if (prefix != null && token.value().startsWith(prefix)) {
        return List.of(each);
      }
    }
    String issuer = issuerOf(token);
    if (issuer != null) {
      return servers.stream().filter(each -> issuer.equals(each.server().issuer())).toList();
    }
    return inOrder
        ? servers.stream().filter(each -> each.server().tokenPrefix() == null).toList()
        : List.of();
  }

  /** The {@code iss} of a token that is a JWT (RFC 7519 §4.1.1), unverified; null if it is none. */
  private static @Nullable String issuerOf(BearerToken token) {
    String[] parts = token.value().split("\\.", -1);
    if (parts.length != 3) {
      return null;
    }
    try {
      byte[] payload = Base64.getUrlDecoder().decode(parts[1]);
      return StrictJson.parse(new String(payload, StandardCharsets.UTF_8)).path("iss").textValue();
    } catch (IllegalArgumentException | JsonProcessingException e) {
      return null; // an opaque token that happens to have two dots
    }
  }
}
