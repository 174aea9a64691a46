package dev.gatehouse.internal.settings;

import dev.gatehouse.internal.clientauth.RequestAdditions;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.reload.SettingFile;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Reads the headers and parameters that are added to each introspection request of one server.
 * Values, and names that we do not know, may be secret: errors do not repeat them.
 */
final class AdditionsReader {

  /** RFC 9110 §5.1 and §5.6.2. */
  private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

  private static final Pattern HEADER_VALUE = Pattern.compile("[ -~]+");

  /** RFC 6749 appendix A, without spaces. */
  private static final Pattern PARAMETER_NAME = Pattern.compile("[!-~]+");

  /** Those that frame the message or the connection, and those that the filter sets. */
  private static final Set<String> OUR_HEADERS =
      Set.of(
          "accept",
          "accept-encoding",
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "expect",
          "host",
          "keep-alive",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  /** RFC 7662 §2.1, RFC 6749 §2.3.1, RFC 7521 §4.2. */
  private static final Set<String> OUR_PARAMETERS =
      Set.of(
          "token",
          "token_type_hint",
          "client_id",
          "client_secret",
          "client_assertion",
          "client_assertion_type");

  private static final Set<String> METHODS_WITH_AUTHORIZATION =
      Set.of("client_secret_basic", "bearer");

  private final RawSettings settings;
  private final boolean authorizationIsOurs;

  /**
   * Creates a reader.
   *
   * @param settings of one authorization server
   */
  AdditionsReader(RawSettings settings) {
    this.settings = settings;
    this.authorizationIsOurs =
        METHODS_WITH_AUTHORIZATION.contains(
            String.valueOf(settings.text(Setting.CLIENT_AUTH_METHOD)));
  }

  RequestAdditions read() {
    boolean authorizationRefused = authorizationIsOurs; // a reloaded file must not hold the reader
    return new RequestAdditions(
        read(
            Setting.INTROSPECTION_HEADERS,
            Setting.INTROSPECTION_HEADERS_FILE,
            text -> headers(text, authorizationRefused)),
        read(
            Setting.INTROSPECTION_PARAMETERS,
            Setting.INTROSPECTION_PARAMETERS_FILE,
            AdditionsReader::parameters));
  }

  private <T> Reloadable<Map<String, T>> read(
      Setting direct, Setting inFile, Function<String, Map<String, T>> parser) {
    settings.refuseBoth(direct, inFile);
    Reloadable<Map<String, T>> none = Reloadable.fixed(Map.of());
    if (settings.isSet(direct)) {
      return settings.parse(direct, none, text -> Reloadable.fixed(parser.apply(text)));
    }
    Reloadable<Map<String, T>> fromFile =
        settings.isSet(inFile)
            ? settings.fromFiles(
                List.of(inFile), contents -> parser.apply(SettingFile.text(contents.get(0))))
            : null;
    return fromFile == null ? none : fromFile;
  }

  private static Map<String, String> headers(String text, boolean authorizationIsOurs) {
    Map<String, String> headers = new LinkedHashMap<>();
    Set<String> names = new HashSet<>();
    Set<String> errors = new LinkedHashSet<>();
    int number = 0;
    for (NameValueList.Pair pair : NameValueList.parse(text)) {
      number++;
      String name = pair.name().toLowerCase(Locale.ROOT);
      if (!HEADER_NAME.matcher(name).matches()) {
        errors.add("has an invalid name in item " + number + "; write the name of a header");
      } else if (OUR_HEADERS.contains(name)) {
        errors.add("has " + name + ", which the filter sets; remove it");
      } else if (authorizationIsOurs && name.equals("authorization")) {
        errors.add("has authorization, which client-auth-method sets; remove one of them");
      } else if (!names.add(name)) {
        errors.add("has a header twice, in item " + number + "; write each once");
      }
      if (!HEADER_VALUE.matcher(pair.value()).matches()) {
        errors.add("has an invalid value in item " + number + "; write printable ASCII characters");
      }
      headers.put(pair.name(), pair.value());
    }
    throwIfAny(errors);
    return Map.copyOf(headers);
  }

  private static Map<String, List<String>> parameters(String text) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    Set<String> errors = new LinkedHashSet<>();
    int number = 0;
    for (NameValueList.Pair pair : NameValueList.parse(text)) {
      number++;
      if (!PARAMETER_NAME.matcher(pair.name()).matches()) {
        errors.add(
            "has an invalid name in item " + number + "; write printable ASCII without spaces");
      } else if (OUR_PARAMETERS.contains(pair.name())) {
        errors.add("has " + pair.name() + ", which the filter sets; remove it");
      }
      if (pair.value().chars().anyMatch(Character::isISOControl)) {
        errors.add("has a control character in item " + number + "; remove it");
      }
      // RFC 6749 §3.2: not more than once
      if (parameters.put(pair.name(), List.of(pair.value())) != null) {
        errors.add("has a parameter twice, in item " + number + "; write each once");
      }
    }
    throwIfAny(errors);
    return Map.copyOf(parameters);
  }

  private static void throwIfAny(Set<String> errors) {
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(String.join("; and it ", errors));
    }
  }
}
