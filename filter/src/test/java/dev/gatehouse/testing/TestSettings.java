package dev.gatehouse.testing;

import dev.gatehouse.Settings;
import dev.gatehouse.SettingsBuilder;
import java.time.Duration;

/** What most tests begin with: settings that have nothing to do with how fast the machine is. */
public final class TestSettings {

  private TestSettings() {}

  /** Without a self-test at the start, and with time limits that none is to reach. */
  public static SettingsBuilder builder() {
    return Settings.builder()
        .selfTest(false)
        .connectTimeout(Duration.ofMinutes(1))
        .requestTimeout(Duration.ofMinutes(5));
  }
}
