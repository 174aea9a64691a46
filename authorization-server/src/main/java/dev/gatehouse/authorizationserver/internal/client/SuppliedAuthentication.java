package dev.gatehouse.authorizationserver.internal.client;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.client.ClientMetadata;
import dev.gatehouse.authorizationserver.internal.endpoint.MetadataDocument;
import dev.gatehouse.authorizationserver.store.OrderedSets;
import dev.gatehouse.authorizationserver.store.PublicKeys;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.net.URI;
import java.text.ParseException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a client that supplies its metadata authenticates: the methods among those it names that work
 * here, and its keys.
 *
 * @param methods the preferred one first
 * @param jwks its keys, if a method needs them
 * @param jwksUri the address of its keys, if a method needs them and they are not in {@code jwks}
 */
record SuppliedAuthentication(
    Set<String> methods, @Nullable String jwks, @Nullable String jwksUri) {
  private static final String WITH_KEYS = "private_key_jwt";
  private static final String WITH_SECRET = "client_secret_";

  /** OpenID Connect Relying Party Metadata Choices 1.0: further methods that the client can use. */
  private static final String FURTHER_METHODS = "token_endpoint_auth_methods_supported";

  SuppliedAuthentication {
    methods = OrderedSets.copyOf(methods);
  }

  /** Where the metadata comes from. */
  enum Source {
    /** RFC 7591 §2: the default method; the response names the one that was registered. */
    REGISTRATION("client_secret_basic", false, 1),

    /** A public document has no secret. There is no response, so all methods remain usable. */
    DOCUMENT("none", true, 2);

    private final String defaultMethod;
    private final boolean isPublic;
    private final int mostMethods;

    Source(String defaultMethod, boolean isPublic, int mostMethods) {
      this.defaultMethod = defaultMethod;
      this.isPublic = isPublic;
      this.mostMethods = mostMethods;
    }

    private boolean supports(String method) {
      return RegisteredClient.AUTH_METHODS.contains(method)
          && (!isPublic || !method.startsWith(WITH_SECRET));
    }
  }

  /** Returns what works, empty if the client named no method that does. */
  static Optional<SuppliedAuthentication> of(ClientMetadata metadata, Source source) {
    String jwks = metadata.getJWKSet() == null ? null : metadata.getJWKSet().toString(true);
    String jwksUri = address(metadata.getJWKSetURI());
    if (jwks != null && jwksUri != null) {
      // RFC 7591 §2: "MUST NOT both be present"
      return Optional.empty();
    }
    if (source.isPublic && hasSecretKey(metadata)) {
      // Everyone can read it, and sign with it.
      return Optional.empty();
    }
    boolean hasKeys = areSupported(metadata, jwks, jwksUri);
    Set<String> methods = new LinkedHashSet<>();
    for (String method : named(metadata, source)) {
      if (source.supports(method)
          && (hasKeys || !method.equals(WITH_KEYS))
          && methods.size() < source.mostMethods) {
        methods.add(method);
      }
    }
    if (methods.isEmpty()) {
      return Optional.empty();
    }
    boolean needsKeys = methods.contains(WITH_KEYS);
    return Optional.of(
        new SuppliedAuthentication(methods, needsKeys ? jwks : null, needsKeys ? jwksUri : null));
  }

  boolean needsSecret() {
    return methods.stream().anyMatch(method -> method.startsWith(WITH_SECRET));
  }

  /** Adds what was registered to the response (RFC 7591 §3.2.1). */
  void addTo(ClientMetadata response) {
    methods.stream()
        .findFirst()
        .map(ClientAuthenticationMethod::new)
        .ifPresent(response::setTokenEndpointAuthMethod);
    if (jwks != null) {
      response.setJWKSet(keys(jwks));
    }
    if (jwksUri != null) {
      response.setJWKSetURI(URI.create(jwksUri));
    }
  }

  private static JWKSet keys(String legal) {
    try {
      return new JWKSet(PublicKeys.parse(legal));
    } catch (ParseException e) {
      throw new IllegalStateException("the keys were legal before", e);
    }
  }

  private static boolean hasSecretKey(ClientMetadata metadata) {
    return metadata.getJWKSet() != null
        && metadata.getJWKSet().getKeys().stream().anyMatch(JWK::isPrivate);
  }

  private static @Nullable String address(@Nullable URI jwksUri) {
    return jwksUri == null || jwksUri.toString().isEmpty() ? null : jwksUri.toString();
  }

  private static boolean areSupported(
      ClientMetadata metadata, @Nullable String jwks, @Nullable String jwksUri) {
    return (metadata.getTokenEndpointAuthJWSAlg() == null
            || MetadataDocument.SIGNATURES.contains(metadata.getTokenEndpointAuthJWSAlg()))
        && ((jwks != null && PublicKeys.areLegal(jwks))
            || (jwksUri != null && PublicKeys.mayBeAt(jwksUri)));
  }

  private static Set<String> named(ClientMetadata metadata, Source source) {
    Set<String> named = new LinkedHashSet<>();
    if (metadata.getTokenEndpointAuthMethod() != null) {
      named.add(metadata.getTokenEndpointAuthMethod().getValue());
    }
    if (metadata.getCustomField(FURTHER_METHODS) instanceof List<?> further) {
      for (Object method : further) {
        // Anything else is the name of no method.
        named.add(String.valueOf(method));
      }
    }
    return named.isEmpty() ? Set.of(source.defaultMethod) : named;
  }
}
