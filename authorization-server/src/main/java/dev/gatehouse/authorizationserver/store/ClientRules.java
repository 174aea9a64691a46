package dev.gatehouse.authorizationserver.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/** The rules that every client's settings must satisfy. */
final class ClientRules {
  private ClientRules() {}

  /** Returns every error, one line each with its fix; empty when there is none. */
  static List<String> broken(RegisteredClient client) {
    List<String> wrong = new ArrayList<>();
    String who = "client " + client.id() + ": ";
    if (client.id().isBlank()) {
      wrong.add("a client has an empty id; write the client_id it will send");
    }
    for (String scope : client.scopes()) {
      if (!ScopeNames.isLegal(scope)) {
        wrong.add(
            who
                + "scope \""
                + scope
                + "\" is not a scope token; leave out spaces, quotes and backslashes");
      }
    }
    for (String uri : client.redirectUris()) {
      if (UriSyntax.parseRedirectUri(uri).isEmpty()) {
        wrong.add(
            who
                + "redirect URI "
                + uri
                + " must be absolute, in ASCII, without user and fragment, with a port from 1 to"
                + " 65535 or none, and must open a client");
      }
    }
    for (String uri : client.resources()) {
      if (!isAbsoluteWithoutFragment(uri)) {
        wrong.add(who + "resource " + uri + " must be an absolute URI without a fragment");
      }
    }
    for (String method : client.authMethods()) {
      if (!RegisteredClient.AUTH_METHODS.contains(method)) {
        wrong.add(
            who
                + "authentication method "
                + method
                + " is not supported; write one of "
                + RegisteredClient.AUTH_METHODS);
      }
    }
    boolean hasKeys = client.jwks().isPresent() || client.jwksUri().isPresent();
    if (client.authMethods().contains("private_key_jwt") != hasKeys) {
      wrong.add(
          who + "private_key_jwt and the client's public keys go together; give both or none");
    }
    if (client.authMethods().stream().anyMatch(method -> method.startsWith("client_secret_"))
        && client.secretHash().isEmpty()) {
      wrong.add(who + "client_secret_basic and client_secret_post need a secret; give it one");
    }
    if (!client.jwks().map(PublicKeys::areLegal).orElse(true)) {
      wrong.add(
          who
              + "the keys must be a JWK set in JSON of one to four public keys, RSA of 2048 to 4096"
              + " bits or EC, each with a kid of its own if there are several");
    }
    if (client.jwks().isPresent() && client.jwksUri().isPresent()) {
      wrong.add(who + "has keys and an address of keys; give one of them (RFC 7591 §2)");
    }
    if (!client.jwksUri().map(PublicKeys::mayBeAt).orElse(true)) {
      wrong.add(who + "the address of its keys must be an https URL of at most 1,000 characters");
    }
    if (!client.alsoIntrospects().isEmpty() && client.resources().isEmpty()) {
      wrong.add(who + "only a resource server may introspect; write resourceServerFor as well");
    }
    if (client.mayUse("client_credentials") && client.authMethods().contains("none")) {
      wrong.add(who + "client_credentials needs a client that can authenticate; give it a secret");
    }
    if (client.mayIntrospect() && client.authMethods().contains("none")) {
      wrong.add(who + "a resource server has to authenticate; give it a secret");
    }
    return wrong;
  }

  private static boolean isAbsoluteWithoutFragment(String uri) {
    try {
      URI parsed = new URI(uri);
      return parsed.isAbsolute() && parsed.getRawFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }
}
