package dev.gatehouse;

import java.time.Duration;

/** What most tests begin with: settings that have nothing to do with how fast the machine is. */
final class TestSettings {

  private TestSettings() {}

  /** Without a self-test at the start, and with time limits that none is to reach. */
  static SettingsBuilder builder() {
    return Settings.builder()
        .selfTest(false)
        .connectTimeout(Duration.ofMinutes(1))
        .requestTimeout(Duration.ofMinutes(5));
  }
}
