package dev.gatehouse.authorizationserver.internal.endpoint;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.Set;

/** The URLs of the endpoints, derived from the issuer and never from a request's {@code Host}. */
public record EndpointUrls(String issuer) {
  public static final String TOKEN = "/oauth/token";
  public static final String INTROSPECTION = "/oauth/introspect";
  public static final String REVOCATION = "/oauth/revoke";
  public static final String AUTHORIZATION = "/oauth/authorize";
  public static final String LOGIN = "/oauth/login";
  public static final String CONSENT = "/oauth/consent";
  public static final String REGISTRATION = "/oauth/register";
  public static final String ANYTHING_ELSE = "/oauth/*";
  public static final String JWKS = "/oauth/jwks";
  private static final String OAUTH_METADATA = "/.well-known/oauth-authorization-server";
  private static final String OPENID_CONFIGURATION = "/.well-known/openid-configuration";

  /** The issuer's path, empty when it has none. */
  public String path() {
    return URI.create(issuer).getRawPath();
  }

  /** Scheme, host and port, as a browser sends them in {@code Origin}. */
  public String origin() {
    URI uri = URI.create(issuer);
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }

  public URI authorization() {
    return URI.create(issuer + AUTHORIZATION);
  }

  public URI login() {
    return URI.create(issuer + LOGIN);
  }

  public URI consent() {
    return URI.create(issuer + CONSENT);
  }

  public URI registration() {
    return URI.create(issuer + REGISTRATION);
  }

  URI jwks() {
    return URI.create(issuer + JWKS);
  }

  public URI token() {
    return URI.create(issuer + TOKEN);
  }

  public URI introspection() {
    return URI.create(issuer + INTROSPECTION);
  }

  public URI revocation() {
    return URI.create(issuer + REVOCATION);
  }

  /**
   * The paths of the metadata document. RFC 8414 §3.1 inserts the well-known part before the
   * issuer's path, OpenID Connect Discovery appends it, and clients try both.
   */
  public Set<String> metadataPaths() {
    Set<String> paths = new LinkedHashSet<>();
    for (String wellKnown : new String[] {OAUTH_METADATA, OPENID_CONFIGURATION}) {
      paths.add(wellKnown + path());
      paths.add(path() + wellKnown);
    }
    return paths;
  }

  /**
   * Prefix mappings, so that other paths below them get this server's 404 response instead of the
   * container's page.
   */
  public String[] metadataMappings(String base) {
    Set<String> mappings = new LinkedHashSet<>();
    for (String wellKnown : new String[] {OAUTH_METADATA, OPENID_CONFIGURATION}) {
      mappings.add(wellKnown + "/*");
      mappings.add(base + wellKnown + "/*");
    }
    return mappings.toArray(new String[0]);
  }
}
