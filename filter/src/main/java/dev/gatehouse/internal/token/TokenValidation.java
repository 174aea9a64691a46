package dev.gatehouse.internal.token;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the tokens of one authorization server are validated. */
public enum TokenValidation {
  /** Every token is introspected. */
  INTROSPECTION,
  /** JWTs are verified locally; there is no request. Other tokens are refused. */
  JWT,
  /** JWTs are verified locally, other tokens are introspected. */
  JWT_OR_INTROSPECTION,
  /** JWTs are verified locally and then introspected. Other tokens are refused. */
  JWT_AND_INTROSPECTION;

  /** Whether tokens are introspected, all or some. */
  public boolean introspects() {
    return this != JWT;
  }

  /** Whether JWTs are verified locally. */
  public boolean verifiesJwts() {
    return this != INTROSPECTION;
  }

  /** The text of the setting: {@code jwt-or-introspection}. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Parses the text of the setting.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  public static TokenValidation parse(String text) {
    return Arrays.stream(values())
        .filter(value -> value.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + text
                        + "' is unknown; write "
                        + Arrays.stream(values())
                            .map(TokenValidation::text)
                            .collect(Collectors.joining(" or "))));
  }
}
