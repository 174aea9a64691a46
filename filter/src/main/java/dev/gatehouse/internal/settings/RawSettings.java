package dev.gatehouse.internal.settings;

import dev.gatehouse.internal.reload.BadFileException;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.reload.ReloadedFiles;
import dev.gatehouse.internal.reload.SettingFile;
import dev.gatehouse.internal.syntax.ServerUri;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Turns the text of one setting into a value, or takes note of a mistake. */
final class RawSettings {

  private final Map<String, String> values;
  private final String prefix;
  private final SettingErrors mistakes;

  /**
   * Reads the filter's own settings.
   *
   * @param values by name, {@code client-id} or {@code server.keycloak.client-id}
   */
  RawSettings(Map<String, String> values, SettingErrors mistakes) {
    this(values, "", mistakes);
  }

  private RawSettings(Map<String, String> values, String prefix, SettingErrors mistakes) {
    this.values = values;
    this.prefix = prefix;
    this.mistakes = mistakes;
  }

  /** The settings of one of several authorization servers. */
  RawSettings ofServer(String name) {
    return new RawSettings(values, Setting.SERVER_PREFIX + name + ".", mistakes);
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

  int count(Setting setting, int least, int most) {
    String text = String.valueOf(text(setting));
    int count = text.matches("0|[1-9][0-9]{0,5}") ? Integer.parseInt(text) : -1;
    if (count >= least && count <= most) {
      return count;
    }
    mistake(setting, "'%s' is no number from %d to %d".formatted(text, least, most));
    return least;
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
      mistake(setting, "'" + ServerUri.withoutQuery(uri) + "' has a query; write it without");
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

  /** What is made of the files that are set, of one at least; null after a mistake. */
  <T> @Nullable Reloadable<T> fromFiles(List<Setting> settings, ReloadedFiles.Parser<T> parser) {
    List<SettingFile> files =
        settings.stream()
            .filter(this::isSet)
            .map(setting -> new SettingFile(nameOf(setting), String.valueOf(text(setting))))
            .toList();
    try {
      return ReloadedFiles.read(files, parser);
    } catch (BadFileException e) {
      mistakes.add(e.setting(), String.valueOf(e.getMessage()));
      return null;
    }
  }

  /**
   * What is made of a secret, given itself or in a file of one line.
   *
   * @param otherwise after a mistake, or if neither is set, which is none here
   * @param maker says by IllegalArgumentException what is wrong with it; must not hold on to this
   */
  <T> Reloadable<T> secret(
      Setting itself, Setting inFile, Reloadable<T> otherwise, Function<String, T> maker) {
    refuseBoth(itself, inFile);
    if (isSet(itself)) {
      return parse(itself, otherwise, secret -> Reloadable.fixed(maker.apply(secret)));
    }
    Reloadable<T> read =
        isSet(inFile)
            ? fromFiles(
                List.of(inFile), contents -> maker.apply(SettingFile.oneLine(contents.get(0))))
            : null;
    return read == null ? otherwise : read;
  }

  /** A secret stands in its setting or in a file, not in both. */
  void refuseBoth(Setting itself, Setting inFile) {
    if (isSet(itself) && isSet(inFile)) {
      mistake(itself, "set, and " + nameOf(inFile) + " too; keep one of them");
    }
  }
}
