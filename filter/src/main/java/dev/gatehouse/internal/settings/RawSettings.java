package dev.gatehouse.internal.settings;

import dev.gatehouse.internal.reload.BadFileException;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.reload.ReloadedFiles;
import dev.gatehouse.internal.reload.SettingFile;
import dev.gatehouse.internal.syntax.Durations;
import dev.gatehouse.internal.syntax.ServerUri;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Parses the text of settings. Reports an invalid one as an error and returns a fallback. */
final class RawSettings {

  private final Map<String, String> values;
  private final String prefix;
  private final SettingErrors errors;

  /**
   * Creates a reader of the settings of the filter.
   *
   * @param values by name: {@code client-id}, {@code server.keycloak.client-id}
   * @param errors receives an error for each invalid setting
   */
  RawSettings(Map<String, String> values, SettingErrors errors) {
    this(values, "", errors);
  }

  private RawSettings(Map<String, String> values, String prefix, SettingErrors errors) {
    this.values = values;
    this.prefix = prefix;
    this.errors = errors;
  }

  /** The settings of one of several authorization servers. */
  RawSettings ofServer(String name) {
    return new RawSettings(values, Setting.SERVER_PREFIX + name + ".", errors);
  }

  /** The text of the setting without surrounding white space; the default if it is blank. */
  @Nullable String text(Setting setting) {
    String value = values.getOrDefault(nameOf(setting), "").strip();
    return value.isEmpty() ? setting.defaultValue() : value;
  }

  boolean isSet(Setting setting) {
    return !values.getOrDefault(nameOf(setting), "").isBlank();
  }

  String nameOf(Setting setting) {
    return prefix + setting.kebabName();
  }

  /**
   * Reports an error.
   *
   * @param error what is wrong, and what to write instead; never a secret
   */
  void error(Setting setting, String error) {
    errors.add(nameOf(setting), error);
  }

  /**
   * Parses a setting.
   *
   * @param fallback the value if the setting is absent or invalid
   * @param parser throws IllegalArgumentException with the error
   */
  <T> T parse(Setting setting, T fallback, Function<String, T> parser) {
    String text = text(setting);
    if (text == null) {
      return fallback;
    }
    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      error(setting, String.valueOf(e.getMessage()));
      return fallback;
    }
  }

  boolean flag(Setting setting) {
    String text = String.valueOf(text(setting));
    if (!text.equals("true") && !text.equals("false")) {
      error(setting, "'" + text + "' is not a boolean; write true or false");
    }
    return text.equals("true");
  }

  /** Whether the second of two words is chosen. */
  boolean isSecond(Setting setting, String first, String second) {
    return parse(
        setting,
        false,
        text -> {
          if (text.equals(first) || text.equals(second)) {
            return text.equals(second);
          }
          throw new IllegalArgumentException(
              "'%s' is unknown; write %s or %s".formatted(text, first, second));
        });
  }

  int count(Setting setting, int min, int max) {
    String text = String.valueOf(text(setting));
    int count = text.matches("0|[1-9][0-9]{0,5}") ? Integer.parseInt(text) : -1;
    if (count >= min && count <= max) {
      return count;
    }
    error(setting, "'%s' is invalid; write a whole number from %d to %d".formatted(text, min, max));
    return min;
  }

  /** A number of bytes. */
  int size(Setting setting, int min, int max) {
    return parse(
        setting,
        min,
        text -> {
          long bytes = Sizes.parse(text);
          if (bytes >= min && bytes <= max) {
            return (int) bytes;
          }
          throw new IllegalArgumentException(
              "'%s' is out of range; write a size from %s to %s"
                  .formatted(text, Sizes.format(min), Sizes.format(max)));
        });
  }

  Duration duration(Setting setting, Duration min, Duration max) {
    return parse(
        setting,
        min,
        text -> {
          Duration duration = Durations.parse(text);
          if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
            return duration;
          }
          throw new IllegalArgumentException(
              "'%s' is out of range; write a duration from %s to %s"
                  .formatted(text, Durations.format(min), Durations.format(max)));
        });
  }

  /** An absolute URI as in {@link ServerUri#parse}; null if it is absent or invalid. */
  @Nullable URI uri(Setting setting) {
    String text = text(setting);
    return text == null ? null : uri(setting, text);
  }

  @Nullable URI uri(Setting setting, String text) {
    return uri(
        setting, text, values.getOrDefault("allow-insecure-http", "").strip().equals("true"));
  }

  private @Nullable URI uri(Setting setting, String text, boolean insecureHttpAllowed) {
    try {
      return ServerUri.parse(text, insecureHttpAllowed);
    } catch (IllegalArgumentException e) {
      error(setting, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** Absolute URIs in order; invalid ones are reported and left out. */
  List<URI> uris(Setting setting) {
    return words(setting).stream()
        .map(text -> uri(setting, text))
        .flatMap(Stream::ofNullable)
        .toList();
  }

  /** An absolute URI without a query; null if it is absent or invalid. */
  @Nullable URI uriWithoutQuery(Setting setting) {
    return withoutQuery(setting, uri(setting));
  }

  /** Our own URI, which may be plain http: the filter sends nothing to it. */
  @Nullable URI publicUriWithoutQuery(Setting setting) {
    String text = text(setting);
    return text == null ? null : withoutQuery(setting, uri(setting, text, true));
  }

  private @Nullable URI withoutQuery(Setting setting, @Nullable URI uri) {
    if (uri != null && uri.getRawQuery() != null) {
      error(setting, "'" + ServerUri.withoutQuery(uri) + "' has a query; remove it");
    }
    return uri;
  }

  /** The words between white space and commas, in order, each once; commas alone are an error. */
  List<String> words(Setting setting) {
    String text = text(setting);
    if (text == null) {
      return List.of();
    }
    List<String> words =
        Arrays.stream(text.split("[\\s,]+", -1)).filter(w -> !w.isEmpty()).distinct().toList();
    if (words.isEmpty()) {
      error(setting, "'" + text + "' names nothing; write a value, or remove it");
    }
    return words;
  }

  /** The value parsed from those files that are set, at least one; null after an error. */
  <T> @Nullable Reloadable<T> fromFiles(List<Setting> settings, ReloadedFiles.Parser<T> parser) {
    List<SettingFile> files =
        settings.stream()
            .filter(this::isSet)
            .map(setting -> new SettingFile(nameOf(setting), String.valueOf(text(setting))))
            .toList();
    try {
      return ReloadedFiles.read(files, parser);
    } catch (BadFileException e) {
      errors.add(e.setting(), String.valueOf(e.getMessage()));
      return null;
    }
  }

  /**
   * The value created from a secret, which is in a setting or in a file of one line.
   *
   * @param fallback the value after an error, or if neither is set, which is not an error here
   * @param factory throws IllegalArgumentException with the error; called again whenever the file
   *     changes, so it must not keep a reference to this object
   */
  <T> Reloadable<T> secret(
      Setting direct, Setting inFile, Reloadable<T> fallback, Function<String, T> factory) {
    refuseBoth(direct, inFile);
    if (isSet(direct)) {
      return parse(direct, fallback, secret -> Reloadable.fixed(factory.apply(secret)));
    }
    Reloadable<T> fromFile =
        isSet(inFile)
            ? fromFiles(
                List.of(inFile), contents -> factory.apply(SettingFile.oneLine(contents.get(0))))
            : null;
    return fromFile == null ? fallback : fromFile;
  }

  /** Reports an error if a secret is in its setting and in a file. */
  void refuseBoth(Setting direct, Setting inFile) {
    if (isSet(direct) && isSet(inFile)) {
      error(direct, "set together with " + nameOf(inFile) + "; keep one of them");
    }
  }
}
