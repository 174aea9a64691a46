package dev.gatehouse.authorizationserver.internal.client;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.client.ClientMetadata;
import com.nimbusds.oauth2.sdk.client.RegistrationError;
import dev.gatehouse.authorizationserver.store.OrderedSets;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Validates the metadata that a client supplies (RFC 7591 §2), in a registration request or in a
 * metadata document. Such a client can only act for users: it gets neither the client credentials
 * grant nor introspection.
 */
final class ClientMetadataPolicy {
  private static final Set<String> GRANT_TYPES =
      OrderedSets.copyOf(List.of("authorization_code", "refresh_token"));
  private static final ResponseType CODE = new ResponseType(ResponseType.Value.CODE);
  private static final int MAX_REDIRECT_URIS = 20;
  private static final int MAX_URI = 2_000;
  private static final int MAX_NAME = 100;

  /** What is not visible: also letters, marks and symbols without a shape. */
  private static final Pattern INVISIBLE =
      Pattern.compile(
          "[\\p{C}\\p{Z}\\s\\u034F\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u2800\\u3164\\uFE00-\\uFE0F"
              + "\\uFFA0]+");

  /** More marks than any script puts on a letter: they would cover the lines above and below. */
  private static final Pattern TOO_MANY_MARKS = Pattern.compile("(\\p{M}{4})\\p{M}+");

  private ClientMetadataPolicy() {}

  sealed interface Outcome permits Accepted, Refused {}

  /** The accepted metadata; all other metadata is ignored, as RFC 7591 §3.2.1 allows. */
  record Accepted(
      @Nullable String name,
      Set<String> redirectUris,
      Set<String> grantTypes,
      Set<String> scopes,
      SuppliedAuthentication authentication,
      boolean dpopBound,
      boolean certificateBound)
      implements Outcome {
    Accepted {
      redirectUris = OrderedSets.copyOf(redirectUris);
      grantTypes = OrderedSets.copyOf(grantTypes);
      scopes = OrderedSets.copyOf(scopes);
    }

    RegisteredClient.Builder client(String id) {
      RegisteredClient.Builder client =
          RegisteredClient.builder(id)
              .redirectUris(redirectUris.toArray(new String[0]))
              .grantTypes(grantTypes.toArray(new String[0]))
              .scopes(scopes.toArray(new String[0]))
              .authMethods(authentication.methods().toArray(new String[0]))
              .jwks(authentication.jwks())
              .jwksUri(authentication.jwksUri())
              .dpopBoundAccessTokens(dpopBound)
              .certificateBoundAccessTokens(certificateBound)
              .selfRegistered(true);
      return name == null ? client : client.name(name);
    }
  }

  record Refused(ErrorObject error) implements Outcome {}

  static Outcome check(
      ClientMetadata metadata, Set<String> scopesSupported, SuppliedAuthentication.Source source) {
    Set<String> redirectUris =
        metadata.getRedirectionURIStrings() == null
            ? Set.of()
            : metadata.getRedirectionURIStrings();
    if (redirectUris.isEmpty()
        || redirectUris.size() > MAX_REDIRECT_URIS
        || !redirectUris.stream()
            .allMatch(uri -> uri.length() <= MAX_URI && RedirectUris.mayBeRegistered(uri))) {
      return refused(
          RegistrationError.INVALID_REDIRECT_URI,
          "Give redirect_uris: https, http on a loopback address, or a scheme that contains a dot");
    }
    if (metadata.getResponseTypes() != null && !metadata.getResponseTypes().contains(CODE)) {
      return refused(RegistrationError.INVALID_CLIENT_METADATA, "response_types must have code");
    }
    Set<String> grantTypes = grantTypes(metadata);
    if (!grantTypes.contains("authorization_code")) {
      return refused(
          RegistrationError.INVALID_CLIENT_METADATA, "grant_types must have authorization_code");
    }
    Optional<SuppliedAuthentication> authentication = SuppliedAuthentication.of(metadata, source);
    if (authentication.isEmpty()) {
      return refused(
          RegistrationError.INVALID_CLIENT_METADATA,
          "token_endpoint_auth_method must be one that the metadata lists; "
              + "private_key_jwt needs an https jwks_uri, or jwks with one to four public keys, RSA of "
              + "2048 to 4096 bits or EC, each with a kid of its own if there are several; never both");
    }
    return new Accepted(
        name(metadata).orElse(null),
        redirectUris,
        grantTypes,
        // The requested scope is ignored: clients name the scopes they need first, and request more
        // after insufficient_scope. The user decides on every authorization.
        scopesSupported,
        authentication.get(),
        metadata.getDPoPBoundAccessTokens(),
        metadata.getTLSClientCertificateBoundAccessTokens());
  }

  /** Both by default: without refresh tokens, users would have to log in for every access token. */
  private static Set<String> grantTypes(ClientMetadata metadata) {
    if (metadata.getGrantTypes() == null || metadata.getGrantTypes().isEmpty()) {
      return GRANT_TYPES;
    }
    Set<String> grantTypes = new LinkedHashSet<>();
    for (GrantType type : metadata.getGrantTypes()) {
      grantTypes.add(type.getValue());
    }
    grantTypes.retainAll(GRANT_TYPES);
    return grantTypes;
  }

  private static Optional<String> name(ClientMetadata metadata) {
    return Optional.ofNullable(metadata.getName())
        .map(name -> INVISIBLE.matcher(name).replaceAll(" ").strip())
        .map(name -> TOO_MANY_MARKS.matcher(name).replaceAll("$1"))
        .filter(name -> !name.isEmpty())
        .map(ClientMetadataPolicy::shorten);
  }

  /** Cuts between characters: half of one becomes a question mark in UTF-8. */
  private static String shorten(String name) {
    if (name.length() <= MAX_NAME) {
      return name;
    }
    return name.substring(
        0, Character.isHighSurrogate(name.charAt(MAX_NAME - 1)) ? MAX_NAME - 1 : MAX_NAME);
  }

  private static Refused refused(ErrorObject error, String why) {
    return new Refused(new ErrorObject(error.getCode(), why, 400));
  }
}
