package dev.gatehouse.internal.settings;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a setting as an operator wrote it, possibly misspelled: {@code client-id}, or {@code
 * server.keycloak.client-id} for one of several authorization servers.
 */
public record SettingName(String text) {

  private static final Pattern OF_SERVER = Pattern.compile("server\\.([a-z][a-z0-9]*)\\.(.+)");
  private static final Pattern OF_SERVER_IN_ENVIRONMENT =
      Pattern.compile("server-([a-z][a-z0-9]*)-(.+)");
  private static final Pattern OF_SERVICE = Pattern.compile("(service-(host|port)|port)(-.+)?");
  private static final Pattern SERVER = Pattern.compile("[a-z][a-z0-9]*");

  /** Whether a server may have this name. */
  static boolean isServer(String name) {
    return SERVER.matcher(name).matches();
  }

  /** Translates an environment variable: {@code GATEHOUSE_SERVER_KEYCLOAK_CLIENT_ID}. */
  public static SettingName ofEnvironment(String variable) {
    String kebab =
        variable
            .substring(Setting.ENVIRONMENT_PREFIX.length())
            .toLowerCase(Locale.ROOT)
            .replace('_', '-');
    Matcher ofServer = OF_SERVER_IN_ENVIRONMENT.matcher(kebab);
    if (Setting.named(kebab).isEmpty() && ofServer.matches()) {
      return new SettingName(Setting.SERVER_PREFIX + ofServer.group(1) + "." + ofServer.group(2));
    }
    return new SettingName(kebab);
  }

  /** The authorization server that the setting is for; empty for a setting of the filter. */
  Optional<String> server() {
    Matcher match = OF_SERVER.matcher(text);
    return match.matches() ? Optional.of(match.group(1)) : Optional.empty();
  }

  private String withoutServer() {
    Matcher match = OF_SERVER.matcher(text);
    return match.matches() ? match.group(2) : text;
  }

  /** The setting with this name; empty if the name is unknown. */
  public Optional<Setting> setting() {
    return Setting.named(withoutServer()).filter(s -> server().isEmpty() || s.isPerServer());
  }

  /** Whether this is the name of a setting, within two typing errors, for a server or not. */
  public boolean resemblesSetting() {
    return Setting.nearest(withoutServer()).isPresent();
  }

  /** The setting of the filter that this name gives to one server; empty if there is none. */
  Optional<Setting> settingOfAllServers() {
    return Setting.named(withoutServer()).filter(s -> server().isPresent() && !s.isPerServer());
  }

  /** Whether Kubernetes sets such a variable, for a service that is named like our settings. */
  boolean isOfService() {
    return OF_SERVICE.matcher(withoutServer()).matches();
  }

  /** The known name within two typing errors of this one; empty if there is none. */
  public Optional<String> nearest() {
    return Setting.nearest(withoutServer())
        .filter(s -> server().isEmpty() || s.isPerServer())
        .map(s -> server().map(n -> Setting.SERVER_PREFIX + n + ".").orElse("") + s.kebabName());
  }
}
