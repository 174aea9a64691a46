package dev.gatehouse.demo;

import dev.gatehouse.Settings;
import dev.gatehouse.SettingsBuilder;
import java.util.HashMap;
import java.util.Map;

/**
 * The authorization server of the demo and the settings of the filter for it.
 *
 * @param resource the public URI of the MCP endpoint
 * @param embedded whether the embedded authorization server is used; false if the environment names
 *     another one
 */
record Protection(String resource, Settings settings, boolean embedded) {

  /** Such as the MCP Inspector, which serves its page itself. */
  private static final String LOCAL_PAGES = "http://localhost:* http://127.0.0.1:* http://[::1]:*";

  private static final String RESOURCE = "GATEHOUSE_RESOURCE";
  private static final String ISSUER = "GATEHOUSE_ISSUER";
  private static final String INTROSPECTION_ENDPOINT = "GATEHOUSE_INTROSPECTION_ENDPOINT";

  private static final String TOKEN_VALIDATION = "token-validation";

  /** Opaque tokens that the server issued before it was started with {@code --jwt} stay valid. */
  private static final String JWT_OR_OPAQUE = "jwt-or-introspection";

  /** Whether the environment names an authorization server, which replaces the embedded one. */
  static boolean isExternal(Map<String, String> environment) {
    // An empty value is an error to report; it must not select the embedded server.
    return environment.containsKey(ISSUER) || environment.containsKey(INTROSPECTION_ENDPOINT);
  }

  /**
   * Requires that the embedded authorization server listens on loopback only, because its secrets
   * are public.
   *
   * @throws IllegalArgumentException if other machines could reach it; says what to do instead
   */
  static void requireLoopbackForEmbedded(ListenAddress address, Map<String, String> environment) {
    if (!isExternal(environment) && !address.loopbackOnly()) {
      throw new IllegalArgumentException(
          "--host: the secrets of the embedded authorization server are public, so it listens on"
              + " loopback only (127.0.0.1, ::1 or localhost). To listen on "
              + address.host()
              + ", use another authorization server: set "
              + ISSUER
              + ", GATEHOUSE_CLIENT_ID, GATEHOUSE_CLIENT_SECRET and, if clients use another"
              + " address, "
              + RESOURCE
              + " in the environment.");
    }
  }

  /**
   * Builds the settings of the filter.
   *
   * @param address the address on which the demo listens, with the actual port
   * @param jwt whether the embedded authorization server issues JWTs
   * @param environment its {@code GATEHOUSE_} variables override the demo's own settings
   * @throws IllegalArgumentException if settings are invalid; names each and says what to write
   */
  static Protection of(ListenAddress address, boolean jwt, Map<String, String> environment) {
    String ownAddress = address.origin() + McpEndpoint.PATH;
    String resource = environment.getOrDefault(RESOURCE, ownAddress);
    SettingsBuilder settings =
        Settings.builder()
            .resource(ownAddress)
            .resourceName("Gatehouse demo notebook")
            // Clients request the scopes for writing when a tool needs them.
            .challengeScopes(DemoScopes.READ)
            .mcpRules(DemoScopes.RULES)
            .mcpMaxBody(McpEndpoint.MAX_REQUEST_SIZE)
            .scopesSupported(String.join(" ", DemoScopes.ALL));
    if (address.loopbackOnly() && resource.equals(ownAddress)) {
      settings.allowedOrigins(address.origin() + " " + LOCAL_PAGES);
    }
    if (isExternal(environment)) {
      DatabaseSettings.requireNone(environment);
      requireNoJwt(jwt);
      return new Protection(resource, settings.environment(environment).build(), false);
    }
    requireLoopbackForEmbedded(address, environment);
    settings
        .issuer(address.origin())
        .clientId(EmbeddedAuthorizationServer.RESOURCE_SERVER_ID)
        .clientSecret(EmbeddedAuthorizationServer.RESOURCE_SERVER_SECRET);
    if (jwt) {
      settings.set(TOKEN_VALIDATION, JWT_OR_OPAQUE);
    }
    settings.environment(filterEnvironment(environment));
    return new Protection(resource, settings.build(), true);
  }

  private static void requireNoJwt(boolean jwt) {
    if (jwt) {
      throw new IllegalArgumentException(
          "--jwt: is for the embedded authorization server, which does not start because the"
              + " environment names another server; set GATEHOUSE_TOKEN_VALIDATION instead");
    }
  }

  /** Removes the database variables: the filter warns about names that it does not know. */
  private static Map<String, String> filterEnvironment(Map<String, String> environment) {
    Map<String, String> rest = new HashMap<>(environment);
    rest.keySet().removeIf(name -> name.startsWith(DatabaseSettings.PREFIX));
    return rest;
  }
}
