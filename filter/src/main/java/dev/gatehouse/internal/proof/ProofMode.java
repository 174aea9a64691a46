package dev.gatehouse.internal.proof;

import java.util.Locale;

/** Whether a kind of bound token is accepted. */
public enum ProofMode {
  /** Tokens that are bound in this way are refused, because nobody checks the proof. */
  OFF,
  /** Bound tokens need their proof; tokens that are not bound in this way need none. */
  ACCEPTED,
  /** Only tokens that are bound in this way are accepted. */
  REQUIRED;

  /** Whether bound tokens are accepted. */
  public boolean isOn() {
    return this != OFF;
  }

  /**
   * Parses the value of a setting.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ProofMode parse(String text) {
    for (ProofMode mode : values()) {
      if (mode.name().toLowerCase(Locale.ROOT).equals(text)) {
        return mode;
      }
    }
    throw new IllegalArgumentException(
        "'" + text + "' is unknown; write off, accepted or required");
  }
}
