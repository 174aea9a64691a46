package dev.gatehouse.authorizationserver;

import java.net.URI;
import java.util.LinkedHashSet;
import java.util.Set;

/** Where everything is, derived from the issuer alone and never from a request's {@code Host}. */
record EndpointUrls(String issuer) {
  static final String TOKEN = "/oauth/token";
  static final String INTROSPECTION = "/oauth/introspect";
  static final String REVOCATION = "/oauth/revoke";
  static final String AUTHORIZATION = "/oauth/authorize";
  static final String LOGIN = "/oauth/login";
  static final String CONSENT = "/oauth/consent";
  static final String REGISTRATION = "/oauth/register";
  static final String ANYTHING_ELSE = "/oauth/*";
  static final String JWKS = "/oauth/jwks";
  private static final String OAUTH_METADATA = "/.well-known/oauth-authorization-server";
  private static final String OPENID_CONFIGURATION = "/.well-known/openid-configuration";

  /** The issuer's path, empty when it has none. */
  String path() {
    return URI.create(issuer).getRawPath();
  }

  /** Scheme, host and port as a browser writes them into {@code Origin}. */
  String origin() {
    URI uri = URI.create(issuer);
    return uri.getScheme() + "://" + uri.getRawAuthority();
  }

  URI authorization() {
    return URI.create(issuer + AUTHORIZATION);
  }

  URI login() {
    return URI.create(issuer + LOGIN);
  }

  URI consent() {
    return URI.create(issuer + CONSENT);
  }

  URI registration() {
    return URI.create(issuer + REGISTRATION);
  }

  URI jwks() {
    return URI.create(issuer + JWKS);
  }

  URI token() {
    return URI.create(issuer + TOKEN);
  }

  URI introspection() {
    return URI.create(issuer + INTROSPECTION);
  }

  URI revocation() {
    return URI.create(issuer + REVOCATION);
  }

  /**
   * The document's places. RFC 8414 §3.1 puts the issuer's path behind the well-known part; OpenID
   * Connect Discovery puts it before, and clients probe both ways.
   */
  Set<String> metadataPaths() {
    Set<String> paths = new LinkedHashSet<>();
    for (String wellKnown : new String[] {OAUTH_METADATA, OPENID_CONFIGURATION}) {
      paths.add(wellKnown + path());
      paths.add(path() + wellKnown);
    }
    return paths;
  }

  /**
   * Whole folders, so that every other probe below them is answered 404 by us and not by the
   * container.
   */
  String[] metadataMappings(String base) {
    Set<String> mappings = new LinkedHashSet<>();
    for (String wellKnown : new String[] {OAUTH_METADATA, OPENID_CONFIGURATION}) {
      mappings.add(wellKnown + "/*");
      mappings.add(base + wellKnown + "/*");
    }
    return mappings.toArray(new String[0]);
  }
}
