package dev.gatehouse;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns the text of one setting into a value, or takes note of a mistake. */
final class SettingTexts {

  private final Map<String, String> values;
  private final String prefix;
  private final Mistakes mistakes;

  /**
   * Reads the filter's own settings.
   *
   * @param values by name, {@code client-id} or {@code server.keycloak.client-id}
   */
  SettingTexts(Map<String, String> values, Mistakes mistakes) {
    this(values, "", mistakes);
  }

  private SettingTexts(Map<String, String> values, String prefix, Mistakes mistakes) {
    this.values = values;
    this.prefix = prefix;
    this.mistakes = mistakes;
  }

  /** The settings of one of several authorization servers. */
  SettingTexts ofServer(String name) {
    return new SettingTexts(values, Setting.SERVER_PREFIX + name + ".", mistakes);
  }

  /** What was set, or the default; blank counts as not set. */
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

  void mistake(Setting setting, String whatAndCure) {
    mistakes.add(nameOf(setting), whatAndCure);
  }

  /** Applies a parser that says by exception what is wrong. */
  <T> T parse(Setting setting, T otherwise, Function<String, T> parser) {
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
    String text = String.valueOf(text(setting));
    if (!text.equals("true") && !text.equals("false")) {
      mistake(setting, "'" + text + "' is neither true nor false");
    }
    return text.equals("true");
  }

  int count(Setting setting) {
    String text = String.valueOf(text(setting));
    if (text.matches("[1-9][0-9]{0,5}")) {
      return Integer.parseInt(text);
    }
    mistake(setting, "'" + text + "' is no number from 1 to 999999");
    return 1;
  }

  Duration duration(Setting setting, Duration least, Duration most) {
    return parse(
        setting,
        least,
        text -> {
          Duration duration = Durations.parse(text);
          if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
            return duration;
          }
          throw new IllegalArgumentException(
              "'%s' is out of range; write something from %s to %s"
                  .formatted(text, Durations.format(least), Durations.format(most)));
        });
  }

  /** An address that {@link ServerUri#parse} takes; null if there is none, or not a good one. */
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
      mistake(setting, String.valueOf(e.getMessage()));
      return null;
    }
  }

  /** Several of these, in order; without those that are not good ones. */
  List<URI> uris(Setting setting) {
    return words(setting).stream()
        .map(text -> uri(setting, text))
        .flatMap(Stream::ofNullable)
        .toList();
  }

  /** The same, without a query. */
  @Nullable URI uriWithoutQuery(Setting setting) {
    return withoutQuery(setting, uri(setting));
  }

  /** An address of our own, which may be plain http: others come to it, we don't send to it. */
  @Nullable URI publicUriWithoutQuery(Setting setting) {
    String text = text(setting);
    return text == null ? null : withoutQuery(setting, uri(setting, text, true));
  }

  private @Nullable URI withoutQuery(Setting setting, @Nullable URI uri) {
    if (uri != null && uri.getRawQuery() != null) {
      mistake(setting, "'" + uri + "' has a query; write it without");
    }
    return uri;
  }

  /** Split at white space and commas, in order, each once. */
  List<String> words(Setting setting) {
    String text = text(setting);
    return text == null
        ? List.of()
        : Arrays.stream(text.split("[\\s,]+", -1)).filter(w -> !w.isEmpty()).distinct().toList();
  }

  /** What a file holds; null if the setting is not set, or the file can't be read. */
  @Nullable String fileContent(Setting setting) {
    String path = text(setting);
    if (path == null) {
      return null;
    }
    try {
      return Files.readString(Path.of(path), StandardCharsets.UTF_8);
    } catch (IOException | InvalidPathException e) {
      mistake(setting, path + " can't be read: " + e);
      return null;
    }
  }

  /** A secret, given itself or in a file of one line; null if neither is there. */
  @Nullable String secret(Setting itself, Setting inFile) {
    if (isSet(itself) && isSet(inFile)) {
      mistake(itself, "set, and " + nameOf(inFile) + " too; keep one of them");
    }
    if (isSet(itself)) {
      return text(itself);
    }
    String content = fileContent(inFile);
    if (content != null && content.strip().lines().count() != 1) {
      mistake(inFile, text(inFile) + " does not hold exactly one line");
    }
    return content == null ? null : content.strip();
  }
}
