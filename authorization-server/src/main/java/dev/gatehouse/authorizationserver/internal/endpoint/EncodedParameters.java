package dev.gatehouse.authorizationserver.internal.endpoint;

import com.nimbusds.oauth2.sdk.util.URLUtils;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads the parameters of a query or of a form (RFC 6749 §3.1, §3.2), for all endpoints. A
 * parameter without a value is omitted; a blank value is a value.
 */
public final class EncodedParameters {
  /**
   * RFC 8707 §2 allows {@code resource} to be repeated; RFC 6749 §3.1 and §3.2 forbid it for all
   * others.
   */
  private static final String REPEATABLE = "resource";

  /** A parameter in which this occurs is skipped by Nimbus, and others may read it. */
  private static final Pattern UNDECODABLE = Pattern.compile("%(?!\\p{XDigit}{2})");

  private EncodedParameters() {}

  /** The outcome of reading. */
  public sealed interface Outcome permits Values, Undecodable, Repeated {}

  /**
   * Parameters that each have a value.
   *
   * @param encoded as they were sent, without those that have no value
   */
  public record Values(String encoded) implements Outcome {
    /** Returns the values by name. */
    public Map<String, List<String>> byName() {
      return URLUtils.parseParameters(encoded);
    }

    @Override
    public String toString() {
      return "Values[…]";
    }
  }

  /** A percent sign is not followed by two hexadecimal digits. */
  public record Undecodable() implements Outcome {}

  /** A parameter occurs more than once. */
  public record Repeated() implements Outcome {}

  /** Reads a query, or the body of a form. */
  public static Outcome read(String encoded) {
    if (UNDECODABLE.matcher(encoded).find()) {
      return new Undecodable();
    }
    // Counted with those that have no value: which of two was meant is not ours to guess.
    return repeatsSomething(encoded) ? new Repeated() : new Values(withoutOmitted(encoded));
  }

  private static boolean repeatsSomething(String encoded) {
    return URLUtils.parseParameters(encoded).entrySet().stream()
        .anyMatch(entry -> entry.getValue().size() > 1 && !entry.getKey().equals(REPEATABLE));
  }

  private static String withoutOmitted(String encoded) {
    return Arrays.stream(encoded.split("&", -1))
        .filter(EncodedParameters::hasValue)
        .collect(Collectors.joining("&"));
  }

  private static boolean hasValue(String parameter) {
    int equals = parameter.indexOf('=');
    return equals >= 0 && equals < parameter.length() - 1;
  }

  /** The only or the first value of a parameter; empty when it is omitted. */
  public static Optional<String> first(Map<String, List<String>> parameters, String name) {
    return parameters.getOrDefault(name, List.of()).stream().findFirst();
  }
}
