package dev.gatehouse.it;

/** System properties that the build sets for the tests. */
final class Setting {
  private Setting() {}

  static String of(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new AssertionError(name + " is not set: run mvn -Pinterop verify, which sets it");
    }
    return value;
  }
}
