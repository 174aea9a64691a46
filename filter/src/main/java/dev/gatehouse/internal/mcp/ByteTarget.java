package dev.gatehouse.internal.mcp;

import java.io.IOException;

/** Where bytes go; they are the caller's again when the method returns. */
@FunctionalInterface
interface ByteTarget {

  void write(byte[] bytes, int offset, int length) throws IOException;
}
