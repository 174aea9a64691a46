package dev.gatehouse.internal.mcp;

/** Finds the ends of lines in a text from its beginning to its end, in linear time. */
final class TextLines {

  private final String text;
  private int lineFeed = -1;
  private int carriageReturn = -1;

  TextLines(String text) {
    this.text = text;
  }

  /** Where the line with the character at this index ends. The index must not decrease. */
  int endOf(int at) {
    lineFeed = lineFeed < at ? find('\n', at) : lineFeed;
    carriageReturn = carriageReturn < at ? find('\r', at) : carriageReturn;
    return Math.min(lineFeed, carriageReturn);
  }

  private int find(char terminator, int at) {
    int index = text.indexOf(terminator, at);
    return index < 0 ? text.length() : index;
  }
}
