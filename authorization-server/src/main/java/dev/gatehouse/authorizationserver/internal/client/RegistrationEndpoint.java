package dev.gatehouse.authorizationserver.internal.client;

import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.client.ClientInformation;
import com.nimbusds.oauth2.sdk.client.ClientInformationResponse;
import com.nimbusds.oauth2.sdk.client.ClientMetadata;
import com.nimbusds.oauth2.sdk.client.ClientRegistrationRequest;
import com.nimbusds.oauth2.sdk.client.RegistrationError;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.util.JSONObjectUtils;
import dev.gatehouse.authorizationserver.internal.endpoint.BoundedBody;
import dev.gatehouse.authorizationserver.internal.endpoint.CallerAddress;
import dev.gatehouse.authorizationserver.internal.endpoint.Endpoint;
import dev.gatehouse.authorizationserver.internal.endpoint.Responses;
import dev.gatehouse.authorizationserver.internal.endpoint.UntrustedInput;
import dev.gatehouse.authorizationserver.store.MutableClientRegistry;
import dev.gatehouse.authorizationserver.store.OpaqueToken;
import dev.gatehouse.authorizationserver.store.RegisteredClient;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import net.minidev.json.JSONObject;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets clients register themselves (RFC 7591).
 *
 * <pre>
 * POST /oauth/register                                   201 application/json
 * {"redirect_uris":["http://127.0.0.1:33418/"],…}        {"client_id":"…","client_id_issued_at":…}
 * </pre>
 */
public final class RegistrationEndpoint extends Endpoint {
  /**
   * Bounds the storage that unauthenticated callers can fill: this size for each of 10,000 clients.
   */
  static final int LONGEST = 16 * 1024;

  private static final int SC_CONTENT_TOO_LARGE = 413;
  private static final int SC_UNSUPPORTED_MEDIA_TYPE = 415;

  private static final Logger LOG = LoggerFactory.getLogger(RegistrationEndpoint.class);

  private final URI url;
  private final MutableClientRegistry clients;
  private final Set<String> scopesSupported;
  private final RegistrationLimits limits;
  private final boolean certificateBoundTokens;
  private final InstantSource clock;

  public RegistrationEndpoint(
      URI url,
      MutableClientRegistry clients,
      Set<String> scopesSupported,
      RegistrationLimits limits,
      boolean certificateBoundTokens,
      InstantSource clock) {
    this.url = url;
    this.clients = clients;
    this.scopesSupported = scopesSupported;
    this.limits = limits;
    this.certificateBoundTokens = certificateBoundTokens;
    this.clock = clock;
  }

  @Override
  protected boolean readsBodies() {
    return true;
  }

  @Override
  protected HTTPResponse handle(HttpServletRequest request) throws IOException {
    return Responses.allowAnyOrigin(
        switch (request.getMethod()) {
          case "POST" -> register(request);
          case "OPTIONS" -> Responses.preflight("POST");
          default -> Responses.methodNotAllowed("POST, OPTIONS");
        });
  }

  private HTTPResponse register(HttpServletRequest request) throws IOException {
    String type = request.getHeader("Content-Type");
    if (type == null || !type.toLowerCase(Locale.ROOT).matches("application/json\\s*(;.*)?")) {
      return refused("Send application/json", SC_UNSUPPORTED_MEDIA_TYPE);
    }
    Optional<Duration> wait = limits.attempt(CallerAddress.current());
    if (wait.isPresent()) {
      return Responses.tooManyRequests(wait.get());
    }
    Optional<String> body = BoundedBody.read(request, LONGEST);
    if (body.isEmpty()) {
      return refused("The body is too large", SC_CONTENT_TOO_LARGE);
    }
    ClientMetadataPolicy.Outcome outcome = check(body.get());
    if (outcome instanceof ClientMetadataPolicy.Refused refused) {
      return Responses.error(refused.error());
    }
    if (outcome instanceof ClientMetadataPolicy.Accepted accepted) {
      return limits
          .store(CallerAddress.current())
          .map(Responses::tooManyRequests)
          .orElseGet(() -> add(accepted));
    }
    throw new IllegalStateException("unknown outcome " + outcome.getClass());
  }

  private ClientMetadataPolicy.Outcome check(String body) {
    HTTPRequest request = new HTTPRequest(HTTPRequest.Method.POST, url);
    try {
      request.setContentType("application/json");
      ClientMetadata metadata =
          UntrustedInput.parse(
              "client metadata",
              () -> {
                JSONObject members = JSONObjectUtils.parse(body);
                MetadataMembers.removeEmpty(members);
                request.setBody(members.toJSONString());
                return ClientRegistrationRequest.parse(request).getClientMetadata();
              });
      return logged(
          ClientMetadataPolicy.check(
              metadata, scopesSupported, SuppliedAuthentication.Source.REGISTRATION));
    } catch (ParseException e) {
      return unreadable(e.getErrorObject());
    }
  }

  private static ClientMetadataPolicy.Outcome logged(ClientMetadataPolicy.Outcome outcome) {
    if (outcome instanceof ClientMetadataPolicy.Refused refused) {
      LOG.info("a registration is refused: {}", refused.error().getDescription());
    }
    return outcome;
  }

  private static ClientMetadataPolicy.Refused unreadable(@Nullable ErrorObject error) {
    boolean redirect =
        error != null && RegistrationError.INVALID_REDIRECT_URI.getCode().equals(error.getCode());
    return new ClientMetadataPolicy.Refused(
        new ErrorObject(
            redirect
                ? RegistrationError.INVALID_REDIRECT_URI.getCode()
                : RegistrationError.INVALID_CLIENT_METADATA.getCode(),
            "The client's metadata can't be read",
            400));
  }

  private HTTPResponse add(ClientMetadataPolicy.Accepted accepted) {
    String id = OpaqueToken.random().value();
    RegisteredClient.Builder client = accepted.client(id);
    Secret secret = null;
    if (accepted.authentication().needsSecret()) {
      String value = OpaqueToken.random().value();
      client.secret(value);
      secret = new Secret(value);
    }
    Instant now = clock.instant();
    clients.add(client.build(), now);
    ClientInformation information =
        new ClientInformation(new ClientID(id), Date.from(now), metadata(accepted), secret);
    HTTPResponse response = new ClientInformationResponse(information, true).toHTTPResponse();
    response.setCacheControl("no-store");
    return response;
  }

  /** RFC 7591 §3.2.1: returns the registered metadata, which may differ from the request. */
  private ClientMetadata metadata(ClientMetadataPolicy.Accepted accepted) {
    ClientMetadata metadata = new ClientMetadata();
    Set<URI> redirectUris = new LinkedHashSet<>();
    accepted.redirectUris().forEach(uri -> redirectUris.add(URI.create(uri)));
    metadata.setRedirectionURIs(redirectUris);
    Set<GrantType> grantTypes = new LinkedHashSet<>();
    accepted.grantTypes().forEach(name -> grantTypes.add(new GrantType(name)));
    metadata.setGrantTypes(grantTypes);
    metadata.setResponseTypes(new HashSet<>(Set.of(new ResponseType(ResponseType.Value.CODE))));
    accepted.authentication().addTo(metadata);
    if (accepted.dpopBound()) {
      metadata.setDPoPBoundAccessTokens(true);
    }
    if (accepted.certificateBound() && certificateBoundTokens) {
      metadata.setTLSClientCertificateBoundAccessTokens(true);
    }
    if (accepted.name() != null) {
      metadata.setName(accepted.name());
    }
    if (!accepted.scopes().isEmpty()) {
      metadata.setScope(new Scope(accepted.scopes().toArray(new String[0])));
    }
    return metadata;
  }

  private static HTTPResponse refused(String why, int status) {
    return Responses.error(new ErrorObject(OAuth2Error.INVALID_REQUEST_CODE, why, status));
  }
}
