package dev.gatehouse.demo;

import dev.gatehouse.Settings;
import dev.gatehouse.SettingsBuilder;
import java.util.HashMap;
import java.util.Map;

/**
 * Which authorization server guards the demo, and how the filter is set for it.
 *
 * @param resource the public address of the MCP endpoint
 * @param embedded whether the demo brings its own authorization server; not when the environment
 *     names another
 */
record Protection(String resource, Settings settings, boolean embedded) {

  private static final String RESOURCE = "GATEHOUSE_RESOURCE";
  private static final String ISSUER = "GATEHOUSE_ISSUER";
  private static final String INTROSPECTION_ENDPOINT = "GATEHOUSE_INTROSPECTION_ENDPOINT";

  /** Whether the environment names an authorization server; then the embedded one stays away. */
  static boolean isExternal(Map<String, String> environment) {
    // An empty value counts: it is a slip to be told of, not a wish for the built-in secrets.
    return environment.containsKey(ISSUER) || environment.containsKey(INTROSPECTION_ENDPOINT);
  }

  /**
   * Refuses to let everybody in who has read the guide.
   *
   * @throws IllegalArgumentException if the embedded authorization server would be reached from
   *     other machines, saying what to do instead
   */
  static void requireLoopbackForEmbedded(ListenAddress address, Map<String, String> environment) {
    if (!isExternal(environment) && !address.loopbackOnly()) {
      throw new IllegalArgumentException(
          "--host: the embedded authorization server has secrets that everybody knows, so it starts"
              + " on loopback only (127.0.0.1, ::1 or localhost). To listen on "
              + address.host()
              + ", name an authorization server of your own: set "
              + ISSUER
              + ", GATEHOUSE_CLIENT_ID, GATEHOUSE_CLIENT_SECRET and, if clients come by another"
              + " address, "
              + RESOURCE
              + " in the environment.");
    }
  }

  /**
   * Settles it.
   *
   * @param address where the demo listens, with the real port
   * @param environment its {@code GATEHOUSE_} variables override what the demo sets by itself
   * @throws IllegalArgumentException naming every wrong setting, and what to write instead
   */
  static Protection of(ListenAddress address, Map<String, String> environment) {
    String ownAddress = address.origin() + McpEndpoint.PATH;
    String resource = environment.getOrDefault(RESOURCE, ownAddress);
    SettingsBuilder settings =
        Settings.builder()
            .resource(ownAddress)
            .resourceName("Gatehouse demo notebook")
            // Each tool demands what it needs; a client had best ask for all of it at its log-in.
            .challengeScopes(String.join(" ", DemoScopes.ALL))
            .scopesSupported(String.join(" ", DemoScopes.ALL));
    if (isExternal(environment)) {
      DatabaseSettings.requireNone(environment);
      return new Protection(resource, settings.environment(environment).build(), false);
    }
    requireLoopbackForEmbedded(address, environment);
    settings
        .issuer(address.origin())
        .clientId(EmbeddedAuthorizationServer.RESOURCE_SERVER_ID)
        .clientSecret(EmbeddedAuthorizationServer.RESOURCE_SERVER_SECRET)
        .environment(ofTheFilter(environment));
    return new Protection(resource, settings.build(), true);
  }

  /** Without what is meant for the authorization server: the filter warns of names it lacks. */
  private static Map<String, String> ofTheFilter(Map<String, String> environment) {
    Map<String, String> rest = new HashMap<>(environment);
    rest.keySet().removeIf(name -> name.startsWith(DatabaseSettings.PREFIX));
    return rest;
  }
}
