package dev.gatehouse;

import dev.gatehouse.internal.token.LogText;
import java.util.Comparator;
import java.util.List;

/**
 * The result of the filter's test of its own set-up.
 *
 * @param findings the problems found, most severe first; empty if there are none
 * @see McpAuthFilter#selfTest()
 */
public record SelfTestReport(List<Finding> findings) {

  /** The severity of a finding. */
  public enum Severity {
    /** Until it is corrected, valid requests are refused, or invalid tokens admitted. */
    ERROR,
    /** It may cause valid requests to be refused, or be a risk. */
    WARNING,
    /** Something that the self-test could not check, or information. */
    NOTE
  }

  /**
   * One problem in the set-up.
   *
   * @param code a code that does not change between versions, such as {@code credentials_refused};
   *     the guide lists all of them
   * @param severity its severity
   * @param description what is wrong
   * @param cure what to do about it
   */
  public record Finding(String code, Severity severity, String description, String cure) {

    /**
     * Creates a finding whose texts are safe to log: servers' responses may be quoted in them.
     *
     * @param code its code
     * @param severity its severity
     * @param description what is wrong; escaped and cut if necessary
     * @param cure what to do about it; escaped and cut if necessary
     */
    public Finding {
      description = LogText.line(description);
      cure = LogText.line(cure);
    }
  }

  /**
   * Creates a report and sorts its findings.
   *
   * @param findings the findings, in any order
   */
  public SelfTestReport {
    findings = findings.stream().sorted(Comparator.comparing(Finding::severity)).toList();
  }

  /**
   * Tells whether the set-up has no errors.
   *
   * @return false if any finding is an {@link Severity#ERROR}
   */
  public boolean passed() {
    return findings.stream().noneMatch(finding -> finding.severity() == Severity.ERROR);
  }

  /** Formats the report for a log: two lines for each finding, problem and cure. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("self-test: ").append(passed() ? "passed" : "FAILED");
    for (Finding finding : findings) {
      text.append(
          "%n  %-7s %s: %s%n          %s"
              .formatted(
                  finding.severity(), finding.code(), finding.description(), finding.cure()));
    }
    return text.toString();
  }
}
