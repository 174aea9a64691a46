package dev.gatehouse.testing;

import dev.gatehouse.Settings;
import dev.gatehouse.SettingsBuilder;
import java.time.Duration;

/** Base settings of most tests, independent of the speed of the machine. */
public final class TestSettings {

  private TestSettings() {}

  /** Settings without a self-test at startup, and with time limits that no test should reach. */
  public static SettingsBuilder builder() {
    return Settings.builder()
        .selfTest(false)
        .connectTimeout(Duration.ofMinutes(1))
        .requestTimeout(Duration.ofMinutes(5));
  }
}
