package dev.gatehouse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.RunningServers.AuthorizationServer;
import dev.gatehouse.SelfTestReport.Finding;
import dev.gatehouse.SelfTestReport.Severity;
import dev.gatehouse.internal.endpoint.ProtectedResourceMetadata;
import dev.gatehouse.internal.introspection.EndpointCircuitBreaker;
import dev.gatehouse.internal.introspection.Introspector;
import dev.gatehouse.internal.jwt.ServerKeys;
import dev.gatehouse.internal.rules.AcceptedAudience;
import dev.gatehouse.internal.syntax.ServerUri;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult;
import dev.gatehouse.internal.verify.CustomServer;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Tests the set-up: whether the authorization server accepts the filter's credentials, whether it
 * issues tokens for this resource, and whether clients find the metadata. Whether the filter can be
 * bypassed is not tested here, because {@code MappingCheck} has already checked that at start-up.
 */
final class SelfTest {

  private final Settings settings;
  private final RunningServers servers;
  private final String contextPath;
  private final boolean asyncUnsupported;
  private final boolean metadataMapped;

  /**
   * Creates a test.
   *
   * @param contextPath the application's context path
   * @param asyncUnsupported whether a deployment descriptor, or a request that has arrived, shows
   *     that the filter chain has no async support
   * @param metadataMapped whether the filter is mapped to the path of the metadata
   */
  SelfTest(
      Settings settings,
      RunningServers servers,
      String contextPath,
      boolean asyncUnsupported,
      boolean metadataMapped) {
    this.settings = settings;
    this.servers = servers;
    this.contextPath = contextPath;
    this.asyncUnsupported = asyncUnsupported;
    this.metadataMapped = metadataMapped;
  }

  SelfTestReport run() {
    List<Finding> findings = new ArrayList<>();
    if (asyncUnsupported) {
      findings.add(
          new Finding(
              "async_off",
              Severity.ERROR,
              "a filter or the servlet is registered without async support, so event streams fail",
              "set <async-supported>true</async-supported> on every filter and on the servlet"));
    }
    if (!metadataMapped) {
      findings.add(metadataNotMapped());
    }
    if (!contextPath.isEmpty()) {
      findings.add(metadataOutsideContext());
    }
    URI resource = URI.create(settings.resource);
    if (resource.getScheme().equalsIgnoreCase("http") && !ServerUri.isLoopback(resource)) {
      findings.add(
          new Finding(
              "resource_insecure",
              Severity.WARNING,
              settings.resource + " is plain http, so tokens can be read on the network",
              "use TLS, and set resource to the https URI")); // RFC 6750 §5.3
    }
    if (settings.authorizationServers.isEmpty()) {
      findings.add(
          new Finding(
              "no_authorization_servers",
              Severity.WARNING,
              "the metadata names no authorization server, so clients can't log in by themselves",
              "set issuer or authorization-servers"));
    }
    servers.authorizationServers().forEach(server -> check(server, findings));
    servers.custom().forEach(verifier -> check(verifier, findings));
    return new SelfTestReport(findings);
  }

  private static Finding metadataNotMapped() {
    return new Finding(
        "metadata_not_mapped",
        Severity.ERROR,
        "the filter is not mapped to the path of the metadata, so clients can't log in",
        "add <url-pattern>" + ProtectedResourceMetadata.WELL_KNOWN + "/*</url-pattern>");
  }

  private Finding metadataOutsideContext() {
    String url = ProtectedResourceMetadata.url(settings.resource);
    return new Finding(
        "metadata_outside_context",
        Severity.NOTE,
        "clients look for the metadata at "
            + url
            + ", which is outside this application's context "
            + contextPath,
        "make the proxy, or the container's root application, forward "
            + URI.create(url).getPath()
            + " to "
            + contextPath
            + ProtectedResourceMetadata.WELL_KNOWN);
  }

  private void check(AuthorizationServer server, List<Finding> findings) {
    int findingsBefore = findings.size();
    boolean signed = server.introspector().requiresSignedResponses();
    if (signed || server.jwts() != null) {
      checkKeys(server.name(), server.introspector().resolveKeys(), findings);
    }
    // Without keys, a signed response would be unusable for the same reason.
    if (server.introspects() && !(signed && findings.size() > findingsBefore)) {
      List<EndpointCircuitBreaker> endpoints = server.introspector().availability().endpoints();
      for (EndpointCircuitBreaker each : endpoints) {
        String name = endpoints.size() == 1 ? server.name() : each.toString();
        checkProbe(name, each.sendProbe(), findings);
      }
    }
    if (findings.size() == findingsBefore) {
      checkAudience(server, findings);
    }
  }

  private static void checkKeys(
      String name, Attempt<ServerKeys.State> attempt, List<Finding> findings) {
    if (!(attempt instanceof Attempt.Failed<ServerKeys.State> failed)) {
      return;
    }
    String detail = failed.cause().detail();
    findings.add(
        switch (failed.cause().reason()) {
          case AS_DISCOVERY ->
              new Finding(
                  "keys_not_found",
                  Severity.ERROR,
                  "the keys of " + name + " can't be found: " + detail,
                  "spell issuer exactly as its metadata does, including a final slash, or set"
                      + " jwks-uri");
          case AS_KEYS ->
              new Finding(
                  "keys_unusable",
                  Severity.ERROR,
                  "the keys of " + name + " are of no use: " + detail,
                  "correct jwks-uri, or compare jwt-algorithms with the server's keys");
          default -> unavailable(name, failed.cause());
        });
  }

  private static void checkProbe(String name, VerificationResult result, List<Finding> findings) {
    if (result instanceof VerificationResult.Unavailable unavailable) {
      findings.add(unavailable(name, unavailable));
    } else if (result instanceof VerificationResult.Active) {
      findings.add(
          new Finding(
              "random_token_active",
              Severity.ERROR,
              name + " reports a random token as active, so every token would be admitted",
              "correct introspection-endpoint: it is not an endpoint as in RFC 7662"));
    }
  }

  private static Finding unavailable(String name, VerificationResult.Unavailable unavailable) {
    return switch (unavailable.reason()) {
      case AS_CREDENTIALS ->
          new Finding(
              "credentials_refused",
              Severity.ERROR,
              name + " refuses the filter's credentials: " + unavailable.detail(),
              "compare client-id, client-secret and client-auth-method with the registration there,"
                  + " and allow this client to introspect");
      case AS_DISCOVERY ->
          new Finding(
              "endpoint_not_found",
              Severity.ERROR,
              "the introspection endpoint of " + name + " can't be found: " + unavailable.detail(),
              "spell issuer exactly as its metadata does, including a final slash, or set"
                  + " introspection-endpoint");
      case AS_TIMEOUT, AS_UNREACHABLE ->
          new Finding(
              "server_unreachable",
              Severity.ERROR,
              name + " can't be reached: " + unavailable.detail(),
              "check the address, the network, the proxy and the server's certificate; until then,"
                  + " callers get 503");
      case AS_OVERLOADED ->
          new Finding(
              "server_overloaded",
              Severity.WARNING,
              name + " asks for a pause: " + unavailable.detail(),
              "raise the server's rate limit for this client; until the pause is over, callers get"
                  + " 503");
      default ->
          new Finding(
              "answer_unusable",
              Severity.ERROR,
              "the response of " + name + " is not as in RFC 7662: " + unavailable.detail(),
              "check introspection-endpoint and client-auth-method");
    };
  }

  private static void check(CustomServer verifier, List<Finding> findings) {
    String name = verifier.server().name();
    String prefix = verifier.server().tokenPrefix();
    BearerToken random =
        new BearerToken((prefix == null ? "" : prefix) + BearerToken.random().value());
    VerificationResult result = verifier.verify(random);
    if (result instanceof VerificationResult.Unavailable unavailable) {
      findings.add(
          new Finding(
              "verifier_unavailable",
              Severity.ERROR,
              "custom verifier " + name + " can't verify a token: " + unavailable.detail(),
              "look at what the verifier uses; until then, callers with its tokens get 503"));
    } else if (result instanceof VerificationResult.Active) {
      findings.add(
          new Finding(
              "verifier_accepts_any",
              Severity.ERROR,
              "custom verifier " + name + " accepts a random token, so it admits everyone",
              "correct the verifier: return inactive() for a token that you have not issued"));
    }
  }

  private void checkAudience(AuthorizationServer server, List<Finding> findings) {
    checkProtectedResources(server.introspector(), findings);
    Attempt<BearerToken> attempt = server.introspector().testTokenRequest(settings.resource).run();
    if (!(attempt instanceof Attempt.Succeeded<BearerToken> testToken)) {
      findings.add(
          new Finding(
              "audience_unknown",
              Severity.NOTE,
              "the self-test can't check the audience of tokens: "
                  + ((Attempt.Failed<BearerToken>) attempt).cause().detail(),
              "try a client's token; if it is refused, the log names its audience"));
      return;
    }
    VerificationResult result = server.verifier().verify(testToken.value());
    if (result instanceof VerificationResult.Active active && active.claims().isOfUnknownUser()) {
      findings.add(
          new Finding(
              "user_unknown",
              Severity.WARNING,
              "a token that was issued to this filter has no sub, but members of a user's token, so"
                  + " users' tokens may not identify the user",
              "make the server put sub into every token; Keycloak does so for clients that have its"
                  + " client scope basic"));
    }
    if (result instanceof VerificationResult.Inactive refused
        && refused.reason() != Reason.INACTIVE) {
      findings.add(
          new Finding(
              "token_refused",
              Severity.WARNING,
              "a token that "
                  + server.name()
                  + " has just issued to this filter is refused: "
                  + refused.detail(),
              "look up the reason code "
                  + refused.reason().code()
                  + " in the guide, or choose another token-validation"));
    } else if (result instanceof VerificationResult.Inactive) {
      findings.add(
          new Finding(
              "not_in_audience",
              Severity.WARNING,
              server.name()
                  + " reports a token as inactive that it has just issued to this filter; Keycloak"
                  + " does so if the filter's client is not in the token's aud, also with clients'"
                  + " tokens",
              "add audience mappers that put client-id and resource into aud"));
    } else if (result instanceof VerificationResult.Active active
        && !AcceptedAudience.of(settings.audience).acceptsAny(active.claims().audience())) {
      findings.add(
          new Finding(
              "audience_differs",
              Severity.WARNING,
              "a token that was issued to this filter has the audience "
                  + active.claims().audience(),
              "make the server put " + settings.resource + " into aud, or set audience"));
    }
  }

  /** RFC 9728 §4: a server may list the resources for which it issues tokens. */
  private void checkProtectedResources(Introspector introspector, List<Finding> findings) {
    JsonNode listed = introspector.metadataMember("protected_resources");
    if (listed.isArray() && !contains(listed, settings.resource)) {
      findings.add(
          new Finding(
              "resource_unknown",
              Severity.WARNING,
              introspector.server().name()
                  + " does not list "
                  + settings.resource
                  + " among its protected_resources",
              "register the resource there, or correct resource"));
    }
  }

  private static boolean contains(JsonNode array, String text) {
    for (JsonNode member : array) {
      if (text.equals(member.textValue())) {
        return true;
      }
    }
    return false;
  }
}
