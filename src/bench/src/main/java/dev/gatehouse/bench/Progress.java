package dev.gatehouse.bench;

/** Tells whoever waits how far it is; the table alone goes to standard output. */
final class Progress {

  private Progress() {}

  static void step(String what) {
    System.err.printf("%n%tT %s ", System.currentTimeMillis(), what);
  }

  static void dot() {
    System.err.print('.');
  }
}
