package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.token.BearerToken;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Selects the authorization servers that may have issued a token, because every server that
 * introspects a token learns it. Prefix and {@code iss} of the token are unverified and only used
 * for this selection. Custom verifiers without a prefix come last. This class is thread-safe.
 */
public final class ServerSelection {

  private final List<ServerVerifier> all;

  private final List<ServerVerifier> authorizationServers;

  /** The custom verifiers without a prefix. */
  private final List<ServerVerifier> lastResorts;

  private final boolean inOrder;

  /**
   * Creates a selection.
   *
   * @param inOrder whether a token without a known prefix or issuer may be sent to all servers in
   *     turn
   */
  public ServerSelection(List<? extends ServerVerifier> servers, boolean inOrder) {
    this.all = List.copyOf(servers);
    this.authorizationServers =
        all.stream().filter(Predicate.not(ServerVerifier::isCustom)).toList();
    this.lastResorts = all.stream().filter(each -> each.isCustom() && hasNoPrefix(each)).toList();
    this.inOrder = inOrder;
  }

  /** The servers that may have issued the token, in order; possibly empty. */
  List<ServerVerifier> forToken(BearerToken token) {
    return all.size() == 1 ? all : select(token.value());
  }

  private List<ServerVerifier> select(String token) {
    ServerVerifier byPrefix = byPrefix(token);
    if (byPrefix != null) {
      return List.of(byPrefix);
    }
    String issuer = UnverifiedPayload.issuerOf(token);
    List<ServerVerifier> ofIssuer =
        authorizationServers.stream()
            .filter(each -> issuer != null && issuer.equals(each.server().issuer()))
            .toList();
    return ofIssuer.isEmpty()
        ? Stream.concat(unindicated(issuer), lastResorts.stream()).toList()
        : ofIssuer;
  }

  /** The servers to which a token is sent that indicates none of them. */
  private Stream<ServerVerifier> unindicated(@Nullable String issuer) {
    if (authorizationServers.size() == 1) { // whose tokens may have another issuer's name
      return authorizationServers.stream().filter(ServerSelection::hasNoPrefix);
    }
    return inOrder && issuer == null
        ? authorizationServers.stream()
            .filter(each -> hasNoPrefix(each) && each.takesOpaqueTokens())
        : Stream.of();
  }

  private static boolean hasNoPrefix(ServerVerifier server) {
    return server.server().tokenPrefix() == null;
  }

  /** The server with the longest matching prefix, which no other server should get to see. */
  private @Nullable ServerVerifier byPrefix(String token) {
    ServerVerifier best = null;
    int longest = 0;
    for (ServerVerifier candidate : all) {
      String prefix = candidate.server().tokenPrefix();
      if (prefix != null && prefix.length() > longest && token.startsWith(prefix)) {
        best = candidate;
        longest = prefix.length();
      }
    }
    return best;
  }
}
