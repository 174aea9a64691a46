package dev.gatehouse.internal.verify;

import dev.gatehouse.internal.introspection.ServerAvailability.Report;
import dev.gatehouse.internal.introspection.ServerAvailability.Status;

/** The status of a server that is used in two ways. */
final class CombinedReport {

  private CombinedReport() {}

  /** When either way is of use alone. */
  static Report ofAlternatives(Report one, Report other) {
    Report worse = ofBothNeeded(one, other);
    return worse.status() == Status.DOWN && one.status() != other.status()
        ? new Report(Status.DEGRADED, worse.since(), worse.reason())
        : worse;
  }

  /** When both ways are needed: the worse one. */
  static Report ofBothNeeded(Report one, Report other) {
    if (one.status() == other.status()) {
      return one.since().isBefore(other.since()) ? one : other;
    }
    return one.status().compareTo(other.status()) > 0 ? one : other;
  }
}
