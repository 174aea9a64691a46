package dev.gatehouse;

import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestHygiene;
import java.time.Duration;

/** Registered for all tests of this module, by {@code META-INF/services}. */
public final class FilterTestHygiene extends TestHygiene {

  public FilterTestHygiene() {
    super(Duration.ofSeconds(20));
  }

  @Override
  protected boolean containsSecret(String text) {
    return Secrets.appearIn(text);
  }
}
