package dev.gatehouse;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gatehouse.SelfTestReport.Finding;
import dev.gatehouse.SelfTestReport.Severity;
import dev.gatehouse.internal.endpoint.ProtectedResourceMetadata;
import dev.gatehouse.internal.introspection.EndpointCircuitBreaker;
import dev.gatehouse.internal.introspection.Introspector;
import dev.gatehouse.internal.rules.AcceptedAudience;
import dev.gatehouse.internal.syntax.ServerUri;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.VerificationResult;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Asks what an operator would: are our credentials good, does the authorization server know this
 * resource, do clients find the metadata. That the filter is in front of the servlet, {@link
 * MappingCheck} has made sure of at start-up.
 */
final class SelfTest {

  private final Settings settings;
  private final List<Introspector> servers;
  private final String contextPath;
  private final boolean asyncMissing;

  /**
   * Makes one.
   *
   * @param contextPath of the application
   * @param asyncMissing whether a request has come whose filter chain does not support async
   */
  SelfTest(
      Settings settings, List<Introspector> servers, String contextPath, boolean asyncMissing) {
    this.settings = settings;
    this.servers = servers;
    this.contextPath = contextPath;
    this.asyncMissing = asyncMissing;
  }

  SelfTestReport run() {
    List<Finding> findings = new ArrayList<>();
    if (asyncMissing) {
      findings.add(
          new Finding(
              "async_off",
              Severity.ERROR,
              "the filter, or one before it, is registered without async support, so event streams"
                  + " fail",
              "set <async-supported>true</async-supported> on every filter and on the servlet"));
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
              "clients send their tokens to " + settings.resource + " in plain text",
              "put TLS in front, and set resource to the https address")); // RFC 6750 §5.3
    }
    if (settings.authorizationServers.isEmpty()) {
      findings.add(
          new Finding(
              "no_authorization_servers",
              Severity.WARNING,
              "the metadata names no authorization server, so clients can't log in by themselves",
              "set issuer, or authorization-servers"));
    }
    servers.forEach(server -> check(server, findings));
    return new SelfTestReport(findings);
  }

  private Finding metadataOutsideContext() {
    String url = ProtectedResourceMetadata.url(settings.resource);
    return new Finding(
        "metadata_outside_context",
        Severity.NOTE,
        "clients look for " + url + ", which is outside this application's context " + contextPath,
        "have the proxy, or the container's root application, forward "
            + URI.create(url).getPath()
            + " to "
            + contextPath
            + ProtectedResourceMetadata.WELL_KNOWN);
  }

  private void check(Introspector introspector, List<Finding> findings) {
    List<EndpointCircuitBreaker> endpoints = introspector.availability().endpoints();
    int before = findings.size();
    for (EndpointCircuitBreaker each : endpoints) {
      String name = endpoints.size() == 1 ? introspector.server().name() : each.toString();
      check(name, each.sendProbe(), findings);
    }
    if (findings.size() == before) {
      checkPlace(introspector, findings);
    }
  }

  private static void check(String name, VerificationResult verdict, List<Finding> findings) {
    if (verdict instanceof VerificationResult.Unavailable unavailable) {
      findings.add(unavailable(name, unavailable));
    } else if (verdict instanceof VerificationResult.Active) {
      findings.add(
          new Finding(
              "random_token_active",
              Severity.ERROR,
              name + " calls a token active that we have just made up: it lets in everybody",
              "check introspection-endpoint; it is not one of RFC 7662"));
    }
  }

  private static Finding unavailable(String name, VerificationResult.Unavailable unavailable) {
    return switch (unavailable.reason()) {
      case AS_CREDENTIALS ->
          new Finding(
              "credentials_refused",
              Severity.ERROR,
              name + " refuses our credentials: " + unavailable.detail(),
              "check client-id, client-secret and client-auth-method against what is registered"
                  + " there, and that this client may introspect");
      case AS_DISCOVERY ->
          new Finding(
              "endpoint_not_found",
              Severity.ERROR,
              "the introspection endpoint of " + name + " can't be found: " + unavailable.detail(),
              "check issuer, to the slash, or set introspection-endpoint");
      case AS_TIMEOUT, AS_UNREACHABLE ->
          new Finding(
              "server_unreachable",
              Severity.ERROR,
              name + " can't be reached: " + unavailable.detail(),
              "callers get 503 until it can; check the address, the network and its certificate");
      case AS_OVERLOADED ->
          new Finding(
              "server_overloaded",
              Severity.WARNING,
              name + " asks for a pause: " + unavailable.detail(),
              "callers get 503 until it is over; have its limit for this client raised");
      default ->
          new Finding(
              "answer_unusable",
              Severity.ERROR,
              name + " does not answer as RFC 7662 demands: " + unavailable.detail(),
              "check introspection-endpoint and client-auth-method");
    };
  }

  private void checkPlace(Introspector introspector, List<Finding> findings) {
    checkProtectedResources(introspector, findings);
    Attempt<BearerToken> attempt = introspector.testTokenRequest(settings.resource).run();
    if (!(attempt instanceof Attempt.Succeeded<BearerToken> ours)) {
      findings.add(
          new Finding(
              "audience_unknown",
              Severity.NOTE,
              "whether tokens are meant for this server can't be told: "
                  + ((Attempt.Failed<BearerToken>) attempt).cause().detail(),
              "try with a client's token; the log says which audience it names"));
      return;
    }
    VerificationResult verdict = introspector.introspect(ours.value());
    if (verdict instanceof VerificationResult.Inactive) {
      findings.add(
          new Finding(
              "not_in_audience",
              Severity.WARNING,
              introspector.server().name()
                  + " calls a token inactive that it has just issued to us: so does Keycloak when the"
                  + " asking client is not in a token's aud; clients' tokens fare the same unless they name us",
              "add an audience mapper that puts our client-id, and the resource, into aud"));
    } else if (verdict instanceof VerificationResult.Active active
        && !AcceptedAudience.of(settings.audience).isAmong(active.claims().audience())) {
      findings.add(
          new Finding(
              "audience_differs",
              Severity.WARNING,
              "a token of our own names the audience " + active.claims().audience(),
              "have the server put " + settings.resource + " into aud, or set audience"));
    }
  }

  /** RFC 9728 §4: a server may list the resources that it issues tokens for. */
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
