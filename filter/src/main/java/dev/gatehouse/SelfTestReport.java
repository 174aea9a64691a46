package dev.gatehouse;

import java.util.Comparator;
import java.util.List;

/**
 * What the filter has found out about its own set-up.
 *
 * @param findings none when all is well; most severe first
 */
public record SelfTestReport(List<Finding> findings) {

  /** How bad a finding is. */
  public enum Severity {
    /** Nobody, or somebody who should not, gets in until it is mended. */
    ERROR,
    /** It may keep callers out. */
    WARNING,
    /** It could not be found out, or is good to know. */
    NOTE
  }

  /**
   * One thing that is not as it should be.
   *
   * @param code to search for, such as {@code credentials_refused}; it never changes
   * @param severity how bad it is
   * @param what is the case
   * @param cure what to do about it
   */
  public record Finding(String code, Severity severity, String what, String cure) {}

  /**
   * Sorts the findings.
   *
   * @param findings in any order
   */
  public SelfTestReport {
    findings = findings.stream().sorted(Comparator.comparing(Finding::severity)).toList();
  }

  /**
   * Whether nothing is wrong.
   *
   * @return false if there is an {@link Severity#ERROR}
   */
  public boolean passed() {
    return findings.stream().noneMatch(finding -> finding.severity() == Severity.ERROR);
  }

  /** For people to read: a line for each finding and one for its cure. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("self-test: ").append(passed() ? "passed" : "FAILED");
    for (Finding finding : findings) {
      text.append(
          "%n  %-7s %s: %s%n          %s"
              .formatted(finding.severity(), finding.code(), finding.what(), finding.cure()));
    }
    return text.toString();
  }
}
