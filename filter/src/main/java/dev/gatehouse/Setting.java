package dev.gatehouse;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Every setting's name and default, once. The builder, init-params and environment all use these.
 */
enum Setting {
  RESOURCE,
  ISSUER,
  INTROSPECTION_ENDPOINT,
  AUTHORIZATION_SERVERS,
  CLIENT_ID,
  CLIENT_SECRET,
  CLIENT_SECRET_FILE,
  CLIENT_AUTH_METHOD("client_secret_basic"),
  AUDIENCE,
  AUDIENCE_ALTERNATIVE,
  REQUIRED_SCOPES,
  SCOPE_IMPLIES,
  CHALLENGE_SCOPES,
  SCOPES_SUPPORTED,
  RESOURCE_NAME,
  RESOURCE_DOCUMENTATION,
  ALLOWED_ORIGINS,
  CLOCK_SKEW("30s"),
  CONNECT_TIMEOUT("2s"),
  REQUEST_TIMEOUT("5s"),
  MAX_CONCURRENT_INTROSPECTIONS("64"),
  ALLOW_INSECURE_HTTP("false");

  /** What every environment variable of ours begins with. */
  static final String ENVIRONMENT_PREFIX = "GATEHOUSE_";

  private final @Nullable String defaultValue;

  Setting() {
    this(null);
  }

  Setting(@Nullable String defaultValue) {
    this.defaultValue = defaultValue;
  }

  /** Kebab-case, as in {@code web.xml}: {@code client-id}. */
  String kebabName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** As in the environment: {@code GATEHOUSE_CLIENT_ID}. */
  String environmentName() {
    return ENVIRONMENT_PREFIX + name();
  }

  @Nullable String defaultValue() {
    return defaultValue;
  }

  static Optional<Setting> named(String kebabName) {
    return Arrays.stream(values()).filter(s -> s.kebabName().equals(kebabName)).findFirst();
  }

  /** The setting that a mistyped name most likely meant; empty when nothing is near. */
  static Optional<Setting> nearest(String kebabName) {
    return Arrays.stream(values())
        .filter(s -> editDistance(s.kebabName(), kebabName) <= 2)
        .findFirst();
  }

  private static int editDistance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] current = new int[b.length() + 1];
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
      }
      previous = current;
    }
    return previous[b.length()];
  }
}
