package dev.gatehouse;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns the texts of settings into values, and remembers every mistake with its cure. */
final class SettingsReader {

  private final Map<Setting, String> values;
  private final List<String> mistakes;
  private final boolean insecureHttpAllowed;

  SettingsReader(Map<Setting, String> values, List<String> mistakes) {
    this.values = values;
    this.mistakes = new ArrayList<>(mistakes);
    this.insecureHttpAllowed = "true".equals(text(Setting.ALLOW_INSECURE_HTTP));
  }

  /** All of them in one message, so that nobody has to start again for each. */
  void throwIfAnythingIsWrong() {
    if (!mistakes.isEmpty()) {
      throw new IllegalArgumentException(
          "Gatehouse can't start with these settings:\n  " + String.join("\n  ", mistakes));
    }
  }

  /** What was set, or the default; blank counts as not set. */
  @Nullable String text(Setting setting) {
    String value = values.get(setting);
    return value == null || value.isBlank() ? setting.defaultValue() : value.strip();
  }

  private void mistake(Setting setting, String whatAndCure) {
    mistakes.add(setting.kebabName() + ": " + whatAndCure);
  }

  /** Applies a parser that says what is wrong by exception. */
  private <T> T parse(Setting setting, T otherwise, Function<String, T> parser) {
    String text = text(setting);
    if (text == null) {
      return otherwise;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      mistake(setting, String.valueOf(e.getMessage()));
      return otherwise;
    }
  }

  boolean flag(Setting setting) {
    return parse(
        setting,
        false,
        text -> {
          if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
          }
          throw new IllegalArgumentException("'" + text + "' is neither true nor false");
        });
  }

  int count(Setting setting) {
    return parse(
        setting,
        1,
        text -> {
          if (text.matches("[1-9][0-9]{0,5}")) {
            return Integer.parseInt(text);
          }
          throw new IllegalArgumentException("'" + text + "' is no number from 1 to 999999");
        });
  }

  Duration duration(Setting setting, Duration least, Duration most) {
    return parse(
        setting,
        least,
        text -> {
          Duration duration = Durations.parse(text);
          if (duration.compareTo(least) < 0 || duration.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                "'"
                    + text
                    + "' is out of range; write something from "
                    + Durations.format(least)
                    + " to "
                    + Durations.format(most));
          }
          return duration;
        });
  }

  @Nullable URI uri(Setting setting) {
    String text = text(setting);
    return text == null ? null : serverUri(setting, text);
  }

  private @Nullable URI serverUri(Setting setting, String text) {
    try {
      return ServerUri.parse(text, insecureHttpAllowed);
    } catch (IllegalArgumentException e) {
      mistake(setting, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** RFC 9728 §1.2: a URL without fragment. */
  String resource() {
    String text = text(Setting.RESOURCE);
    if (text == null) {
      mistake(
          Setting.RESOURCE,
          "missing; write this MCP server's public address, such as https://example.com/mcp");
      return "";
    }
    URI uri = serverUri(Setting.RESOURCE, text);
    if (uri != null && uri.getRawQuery() != null) {
      mistake(Setting.RESOURCE, "'" + text + "' has a query; write it without");
    }
    return text;
  }

  /** RFC 8414 §2: a URL without query and fragment. */
  @Nullable String issuer() {
    String text = text(Setting.ISSUER);
    if (text == null) {
      if (text(Setting.INTROSPECTION_ENDPOINT) == null) {
        mistake(
            Setting.ISSUER,
            "missing; write the authorization server's issuer, or set introspection-endpoint");
      }
      return null;
    }
    URI uri = serverUri(Setting.ISSUER, text);
    if (uri != null && uri.getRawQuery() != null) {
      mistake(Setting.ISSUER, "'" + text + "' has a query; write it without");
    }
    return text;
  }

  List<String> authorizationServers(@Nullable String issuer) {
    List<String> named = words(Setting.AUTHORIZATION_SERVERS);
    named.forEach(server -> serverUri(Setting.AUTHORIZATION_SERVERS, server));
    return named.isEmpty() && issuer != null ? List.of(issuer) : named;
  }

  ClientCredentials credentials() {
    String method = String.valueOf(text(Setting.CLIENT_AUTH_METHOD));
    return switch (method) {
      case "none" -> ClientCredentials.none();
      case "client_secret_basic" -> ClientCredentials.basic(clientId(), clientSecret());
      case "client_secret_post" -> ClientCredentials.post(clientId(), clientSecret());
      default -> {
        mistake(
            Setting.CLIENT_AUTH_METHOD,
            "'" + method + "' is none of client_secret_basic, client_secret_post, none");
        yield ClientCredentials.none();
      }
    };
  }

  private String clientId() {
    String id = text(Setting.CLIENT_ID);
    if (id == null) {
      mistake(
          Setting.CLIENT_ID,
          "missing; write the id under which this server is registered at the authorization"
              + " server, or set client-auth-method=none");
      return "missing";
    }
    return id;
  }

  private String clientSecret() {
    String secret = text(Setting.CLIENT_SECRET);
    String file = text(Setting.CLIENT_SECRET_FILE);
    if (secret != null && file != null) {
      mistake(Setting.CLIENT_SECRET, "set, and client-secret-file too; keep one of them");
    }
    if (secret != null) {
      return secret;
    }
    if (file != null) {
      return secretIn(file);
    }
    mistake(Setting.CLIENT_SECRET, "missing; set it, or client-secret-file");
    return "missing";
  }

  private String secretIn(String file) {
    try {
      String secret = Files.readString(Path.of(file), StandardCharsets.UTF_8).strip();
      if (!secret.isEmpty() && secret.lines().count() == 1) {
        return secret;
      }
      mistake(Setting.CLIENT_SECRET_FILE, file + " does not hold exactly one line");
    } catch (IOException | InvalidPathException e) {
      mistake(Setting.CLIENT_SECRET_FILE, file + " can't be read: " + e);
    }
    return "missing";
  }

  Set<String> audience(String resource) {
    List<String> named = words(Setting.AUDIENCE);
    return named.isEmpty() ? Set.of(resource) : Set.copyOf(named);
  }

  AudienceAlternative audienceAlternative() {
    return parse(
        Setting.AUDIENCE_ALTERNATIVE,
        new AudienceAlternative.Refused(),
        AudienceAlternative::parse);
  }

  List<Set<String>> requiredScopes() {
    return parse(
        Setting.REQUIRED_SCOPES,
        List.of(),
        text ->
            Arrays.stream(text.split("\\|", -1))
                .map(
                    alternative -> {
                      Set<String> scopes = Scopes.parse(alternative);
                      if (scopes.isEmpty()) {
                        throw new IllegalArgumentException(
                            "'" + text + "' has nothing on one side of a |; take the | out");
                      }
                      return scopes;
                    })
                .toList());
  }

  Map<String, Set<String>> impliedScopes() {
    return parse(Setting.SCOPE_IMPLIES, Map.of(), Scopes::parseImplications);
  }

  Set<String> challengeScopes(List<Set<String>> required) {
    Set<String> named = advertisedScopes(Setting.CHALLENGE_SCOPES);
    return named.isEmpty() && !required.isEmpty() ? required.get(0) : named;
  }

  /** MCP authorization: {@code offline_access} is for clients to ask for, not for us to demand. */
  Set<String> advertisedScopes(Setting setting) {
    Set<String> scopes = parse(setting, Set.of(), Scopes::parse);
    if (scopes.contains("offline_access")) {
      mistake(setting, "offline_access does not belong there; take it out");
    }
    return scopes;
  }

  @Nullable String documentation() {
    URI uri = uri(Setting.RESOURCE_DOCUMENTATION);
    return uri == null ? null : uri.toString();
  }

  /** RFC 6454 §6.2: an origin is scheme, host and port, without a path. */
  Set<String> allowedOrigins(String resource) {
    Set<String> origins = new LinkedHashSet<>();
    for (String origin : words(Setting.ALLOWED_ORIGINS)) {
      try {
        URI uri = ServerUri.parse(origin, true);
        origins.add(ServerUri.origin(uri));
        if (!uri.getRawPath().isEmpty() || uri.getRawQuery() != null) {
          mistake(
              Setting.ALLOWED_ORIGINS,
              "'" + origin + "' has a path; write " + ServerUri.origin(uri));
        }
      } catch (IllegalArgumentException e) {
        mistake(Setting.ALLOWED_ORIGINS, String.valueOf(e.getMessage()));
      }
    }
    if (origins.isEmpty() && ServerUri.isAbsolute(resource)) {
      origins.add(ServerUri.origin(URI.create(resource)));
    }
    return origins;
  }

  /** Split at white space and commas, in order, each once. */
  private List<String> words(Setting setting) {
    String text = text(setting);
    return text == null
        ? List.of()
        : Arrays.stream(text.split("[\\s,]+", -1)).filter(w -> !w.isEmpty()).distinct().toList();
  }
}
