package dev.gatehouse.internal.settings;

import dev.gatehouse.internal.clientauth.ClientAuthentication;
import dev.gatehouse.internal.clientauth.SecretAuthentication;
import dev.gatehouse.internal.http.ReloadedTls;
import dev.gatehouse.internal.introspection.ServerConnection;
import dev.gatehouse.internal.syntax.Scopes;
import dev.gatehouse.internal.token.AudienceAlternative;
import dev.gatehouse.internal.token.TokenValidation;
import dev.gatehouse.internal.token.TrustLimits;
import dev.gatehouse.internal.token.TrustedServer;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads and validates the settings of each authorization server. */
final class ServersReader {

  private final RawSettings settings;
  private final @Nullable ReloadedTls tls;

  /**
   * Creates a reader.
   *
   * @param tls the configured TLS stores; null for the JVM's defaults
   */
  ServersReader(RawSettings settings, @Nullable ReloadedTls tls) {
    this.settings = settings;
    this.tls = tls;
  }

  /**
   * One server from the settings without prefix, or several from {@code server.NAME.…}.
   *
   * @param besideVerifiers whether there are custom verifiers, too
   */
  List<ServerConnection> read(boolean besideVerifiers) {
    List<String> names = settings.words(Setting.SERVERS);
    int maxResponse = maxResponse();
    if (names.isEmpty()) {
      return List.of(server("the authorization server", settings, besideVerifiers, maxResponse));
    }
    Arrays.stream(Setting.values())
        .filter(setting -> setting.isPerServer() && settings.isSet(setting))
        .forEach(
            setting ->
                settings.error(
                    setting,
                    "not allowed together with servers; write server.NAME." + setting.kebabName()));
    names.stream()
        .filter(name -> !SettingName.isServer(name))
        .forEach(
            name ->
                settings.error(
                    Setting.SERVERS,
                    "'"
                        + name
                        + "' is no name of a server; write lower-case letters and digits, beginning"
                        + " with a letter"));
    return names.stream()
        .map(name -> server(name, settings.ofServer(name), true, maxResponse))
        .toList();
  }

  /** At most what the HTTP client reads of any response. */
  private int maxResponse() {
    return settings.size(Setting.INTROSPECTION_MAX_RESPONSE, 1024, 1024 * 1024);
  }

  private ServerConnection server(
      String name, RawSettings ofServer, boolean issuerNeeded, int maxResponse) {
    TokenValidation validation =
        ofServer.parse(
            Setting.TOKEN_VALIDATION, TokenValidation.INTROSPECTION, TokenValidation::parse);
    URI issuer = ofServer.uriWithoutQuery(Setting.ISSUER); // RFC 8414 §2
    List<URI> endpoints = ofServer.uris(Setting.INTROSPECTION_ENDPOINT);
    if (!ofServer.isSet(Setting.ISSUER)
        && (issuerNeeded
            || validation.verifiesJwts()
            || !ofServer.isSet(Setting.INTROSPECTION_ENDPOINT))) {
      ofServer.error(
          Setting.ISSUER,
          "missing; write the authorization server's issuer"
              + (issuerNeeded || validation.verifiesJwts()
                  ? ""
                  : ", or set introspection-endpoint"));
    }
    if (!validation.introspects() && ofServer.isSet(Setting.INTROSPECTION_ENDPOINT)) {
      ofServer.error(
          Setting.INTROSPECTION_ENDPOINT,
          "has no effect with token-validation=jwt; remove it, or write"
              + " token-validation=jwt-and-introspection or jwt-or-introspection");
    }
    String issuerText = issuer == null ? null : ofServer.text(Setting.ISSUER);
    return new ServerConnection(
        trusted(name, issuerText, ofServer, issuerNeeded),
        endpoints,
        ofServer.uri(Setting.TOKEN_ENDPOINT),
        authentication(validation, issuerText, ofServer),
        new AdditionsReader(ofServer).read(),
        maxResponse,
        signedFor(validation, ofServer),
        validation,
        new JwtReader(ofServer).read());
  }

  /** What identifies this resource server in signed responses (RFC 9701 §5); null for JSON. */
  private @Nullable String signedFor(TokenValidation validation, RawSettings ofServer) {
    if (!ofServer.isSecond(Setting.INTROSPECTION_RESPONSE, "json", "signed")) {
      return null;
    }
    if (!validation.introspects()) {
      ofServer.error(
          Setting.INTROSPECTION_RESPONSE, "has no effect with token-validation=jwt; remove it");
    } else if (!ofServer.isSet(Setting.ISSUER)) {
      ofServer.error(
          Setting.INTROSPECTION_RESPONSE,
          "signed responses name their issuer; set " + ofServer.nameOf(Setting.ISSUER));
    }
    String clientId = ofServer.text(Setting.CLIENT_ID);
    return clientId == null ? settings.text(Setting.RESOURCE) : clientId;
  }

  /** Without introspection, credentials are only of use for the self-test. */
  private ClientAuthentication.Factory authentication(
      TokenValidation validation, @Nullable String issuer, RawSettings ofServer) {
    return validation.introspects()
            || ofServer.isSet(Setting.CLIENT_ID)
            || ofServer.isSet(Setting.CLIENT_AUTH_METHOD)
        ? new ClientAuthenticationReader(ofServer, issuer, tls).read()
        : (tokenEndpoint, http, clock) -> SecretAuthentication.none();
  }

  private static TrustedServer trusted(
      String name, @Nullable String issuer, RawSettings ofServer, boolean oneOfSeveral) {
    return new TrustedServer(
        name,
        issuer,
        ofServer.text(Setting.TOKEN_PREFIX),
        ofServer.parse(
            Setting.AUDIENCE_ALTERNATIVE,
            new AudienceAlternative.Refused(),
            AudienceAlternative::parse),
        oneOfSeveral,
        limits(ofServer));
  }

  private static TrustLimits limits(RawSettings ofServer) {
    Set<String> scopes = ofServer.parse(Setting.ALLOWED_SCOPES, Set.of(), Scopes::parse);
    List<String> clients = ofServer.words(Setting.ALLOWED_CLIENTS);
    return new TrustLimits(
        ofServer.isSet(Setting.ALLOWED_SCOPES) ? scopes : null,
        ofServer.isSet(Setting.ALLOWED_CLIENTS) ? Set.copyOf(clients) : null);
  }
}
