package dev.gatehouse.bench;

/** Prints the progress to standard error; standard output is for the table. */
final class Progress {

  private Progress() {}

  static void step(String what) {
    System.err.printf("%n%tT %s ", System.currentTimeMillis(), what);
  }

  static void dot() {
    System.err.print('.');
  }
}
