package dev.gatehouse.authorizationserver.internal.settings;

import dev.gatehouse.authorizationserver.store.OrderedSets;
import dev.gatehouse.authorizationserver.store.ScopeNames;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server is called and what it issues tokens for.
 *
 * @param issuer its own public URL (RFC 8414 §2)
 * @param resources the protected resources that tokens can be for (RFC 8707)
 * @param scopesSupported the scopes that the metadata lists
 * @param allowInsecureHttp whether the issuer may be plain http on another machine
 */
public record ServerIdentity(
    String issuer, Set<String> resources, Set<String> scopesSupported, boolean allowInsecureHttp) {
  public ServerIdentity {
    resources = OrderedSets.copyOf(resources);
    scopesSupported = OrderedSets.copyOf(scopesSupported);
  }

  /**
   * Lists every invalid value, one line each; {@link ServerSettings} refuses to be built with any.
   */
  List<String> errors() {
    List<String> errors = new ArrayList<>();
    checkIssuer(errors);
    checkResources(errors);
    for (String scope : scopesSupported) {
      if (!ScopeNames.isLegal(scope)) {
        errors.add(
            "scopesSupported: \""
                + scope
                + "\" is not a scope token; leave out spaces, quotes and backslashes");
      }
    }
    return errors;
  }

  private void checkIssuer(List<String> errors) {
    if (issuer.isEmpty()) {
      errors.add(
          "issuer: is missing; write this server's own URL, such as https://login.example.com");
      return;
    }
    URI uri = parse(issuer);
    if (uri == null || uri.getHost() == null || !isHttp(uri)) {
      errors.add("issuer: " + issuer + " is not an absolute http or https URL; write https://…");
      return;
    }
    // RFC 8414 §2: no query, no fragment
    if (uri.getRawQuery() != null || uri.getRawFragment() != null || uri.getRawUserInfo() != null) {
      errors.add("issuer: " + issuer + " must have no query, fragment or user; write only the URL");
    }
    // Clients compare the issuer to the slash, and URLs made from it would hold two.
    if (issuer.endsWith("/")) {
      errors.add("issuer: " + issuer + " ends in a slash; leave it out");
    }
    if (!uri.getScheme().equalsIgnoreCase("https")
        && !LoopbackUris.isLoopback(uri)
        && !allowInsecureHttp) {
      errors.add(
          "issuer: "
              + issuer
              + " would send secrets in the clear; write https, or allowInsecureHttp(true) for a test");
    }
  }

  private void checkResources(List<String> errors) {
    if (resources.isEmpty()) {
      errors.add(
          "resource: is missing; write the URI of each MCP server, such as https://host/mcp");
    }
    Map<String, String> spellings = new HashMap<>();
    for (String resource : resources) {
      URI uri = parse(resource);
      // RFC 8707 §2
      if (uri == null || !uri.isAbsolute() || uri.getRawFragment() != null) {
        errors.add("resource: " + resource + " must be an absolute URI without a fragment");
      }
      String other = spellings.putIfAbsent(ResourceIdentifiers.canonical(resource), resource);
      if (other != null) {
        errors.add("resource: " + other + " and " + resource + " are the same; write only one");
      }
    }
  }

  private static boolean isHttp(URI uri) {
    return "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
  }

  private static @Nullable URI parse(String uri) {
    try {
      return new URI(uri);
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
