package dev.gatehouse.authorizationserver.internal.endpoint;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.oauth2.sdk.ResponseMode;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import dev.gatehouse.authorizationserver.internal.settings.ServerSettings;
import dev.gatehouse.authorizationserver.store.OrderedSets;
import dev.gatehouse.authorizationserver.store.PublicKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Builds the metadata document (RFC 8414 §2) from the settings. */
public final class MetadataDocument {
  private static final List<ClientAuthenticationMethod> CREDENTIALS =
      List.of(
          ClientAuthenticationMethod.CLIENT_SECRET_BASIC,
          ClientAuthenticationMethod.CLIENT_SECRET_POST,
          ClientAuthenticationMethod.PRIVATE_KEY_JWT);

  /** The algorithms that {@link PublicKeys} accepts keys for. */
  public static final List<JWSAlgorithm> SIGNATURES =
      List.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  /** The algorithms of DPoP proofs: those that the filter accepts by default. */
  public static final Set<JWSAlgorithm> PROOF_SIGNATURES =
      OrderedSets.copyOf(List.of(JWSAlgorithm.ES256, JWSAlgorithm.RS256, JWSAlgorithm.PS256));

  private MetadataDocument() {}

  public static String of(ServerSettings settings, EndpointUrls urls) {
    AuthorizationServerMetadata metadata =
        new AuthorizationServerMetadata(new Issuer(settings.identity().issuer()));
    boolean users = settings.stores().users().isPresent();
    List<ClientAuthenticationMethod> methods = new ArrayList<>(CREDENTIALS);
    if (users) {
      methods.add(ClientAuthenticationMethod.NONE);
    }
    metadata.setTokenEndpointURI(urls.token());
    metadata.setTokenEndpointAuthMethods(methods);
    metadata.setTokenEndpointJWSAlgs(SIGNATURES);
    metadata.setGrantTypes(settings.stores().grantTypes());
    metadata.setRevocationEndpointURI(urls.revocation());
    metadata.setRevocationEndpointAuthMethods(methods);
    metadata.setRevocationEndpointJWSAlgs(SIGNATURES);
    introspection(metadata, settings, urls);
    // RFC 9449 §5.1
    metadata.setDPoPJWSAlgs(List.copyOf(PROOF_SIGNATURES));
    if (settings.certificateBoundTokens()) {
      // RFC 8705 §3.3
      metadata.setSupportsTLSClientCertificateBoundAccessTokens(true);
    }
    // RFC 8414 §2 requires the member, even when it is empty.
    metadata.setResponseTypes(
        users ? List.of(new ResponseType(ResponseType.Value.CODE)) : List.of());
    if (users) {
      authorization(metadata, settings, urls);
    }
    if (!settings.identity().scopesSupported().isEmpty()) {
      metadata.setScopes(new Scope(settings.identity().scopesSupported().toArray(new String[0])));
    }
    return metadata.toJSONObject().toJSONString();
  }

  private static void introspection(
      AuthorizationServerMetadata metadata, ServerSettings settings, EndpointUrls urls) {
    List<ClientAuthenticationMethod> methods = new ArrayList<>(CREDENTIALS);
    // RFC 8414 §2: the list also contains access token types
    methods.add(new ClientAuthenticationMethod("Bearer"));
    metadata.setIntrospectionEndpointURI(urls.introspection());
    metadata.setIntrospectionEndpointAuthMethods(methods);
    metadata.setIntrospectionEndpointJWSAlgs(SIGNATURES);
    metadata.setJWKSetURI(urls.jwks());
    // RFC 9701 §7
    metadata.setCustomParameter(
        "introspection_signing_alg_values_supported",
        List.of(settings.signing().algorithm().name()));
  }

  private static void authorization(
      AuthorizationServerMetadata metadata, ServerSettings settings, EndpointUrls urls) {
    metadata.setAuthorizationEndpointURI(urls.authorization());
    metadata.setResponseModes(List.of(ResponseMode.QUERY));
    metadata.setCodeChallengeMethods(List.of(CodeChallengeMethod.S256));
    metadata.setSupportsAuthorizationResponseIssuerParam(true);
    // RFC 9470 §7
    metadata.setCustomParameter("acr_values_supported", List.of(settings.passwordAcr()));
    if (settings.registrationRegistry().isPresent()) {
      metadata.setRegistrationEndpointURI(urls.registration());
    }
    if (settings.admission().metadataDocuments()) {
      metadata.setCustomParameter("client_id_metadata_document_supported", true);
    }
  }
}
