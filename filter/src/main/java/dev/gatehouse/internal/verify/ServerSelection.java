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
 * Selects the authorization servers that may have issued a token, because every server that
 * introspects a token learns it. Prefix and {@code iss} of the token are unverified and only used
 * for this selection. This class is thread-safe.
 */
public final class ServerSelection {

  private final List<Introspector> servers;
  private final boolean inOrder;

  /**
   * Creates a selection.
   *
   * @param inOrder whether a token without a known prefix or issuer may be sent to all servers in
   *     turn
   */
  public ServerSelection(List<Introspector> servers, boolean inOrder) {
    this.servers = servers;
    this.inOrder = inOrder;
  }

  /** The servers that may have issued the token, in order; possibly empty. */
  List<Introspector> forToken(BearerToken token) {
    return servers.size() == 1 ? servers : select(token);
  }

  private List<Introspector> select(BearerToken token) {
    Introspector byPrefix = byPrefix(token);
    if (byPrefix != null) {
      return List.of(byPrefix);
    }
    String issuer = issuerOf(token);
    if (issuer != null) {
      return servers.stream()
          .filter(candidate -> issuer.equals(candidate.server().issuer()))
          .toList();
    }
    return inOrder
        ? servers.stream().filter(candidate -> candidate.server().tokenPrefix() == null).toList()
        : List.of();
  }

  /** The server with the longest matching prefix, which no other server should get to see. */
  private @Nullable Introspector byPrefix(BearerToken token) {
    Introspector best = null;
    int longest = 0;
    for (Introspector candidate : servers) {
      String prefix = candidate.server().tokenPrefix();
      if (prefix != null && prefix.length() > longest && token.value().startsWith(prefix)) {
        best = candidate;
        longest = prefix.length();
      }
    }
    return best;
  }

  /** The unverified {@code iss} of a JWT (RFC 7519 §4.1.1); null for other tokens. */
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
