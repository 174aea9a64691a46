package dev.gatehouse.internal.mcp;

import dev.gatehouse.internal.syntax.Utf8;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.Refusal;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads the MCP messages in the body of a request. A body is refused if parsers may read it in
 * different ways, so that the MCP server executes what has been judged. This class is thread-safe.
 */
public final class McpBodyReader {

  private static final int FIRST_BUFFER = 16 * 1024;

  /** How often the size of a buffer may be that of what has arrived. */
  private static final long GROWTH = 8;

  /** The longest array that every JVM can allocate. */
  private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

  private final int maxBytes;

  /** The outcome of reading a body. */
  public sealed interface Outcome {}

  /** The body has been read completely and understood. */
  public record Read(McpBody body) implements Outcome {}

  /** The body must not be passed on. */
  public record Unreadable(Refusal refusal) implements Outcome {}

  /**
   * Creates a reader.
   *
   * @param maxBytes the length of the longest body to read
   */
  public McpBodyReader(int maxBytes) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("a body has at least one byte, not " + maxBytes);
    }
    this.maxBytes = Math.min(maxBytes, MAX_ARRAY - 1);
  }

  /** Reads the body, waiting until it has arrived. */
  public Outcome read(HttpServletRequest request) {
    if (!JsonContent.isAnnounced(request)) {
      return unreadable(Reason.MCP_MEDIA_TYPE, "the headers do not announce JSON in UTF-8");
    }
    long declared = request.getContentLengthLong();
    Optional<byte[]> bytes;
    try {
      bytes =
          declared > maxBytes ? Optional.empty() : bytes(request.getInputStream(), (int) declared);
    } catch (IOException e) {
      // Containers would show it to the caller, Tomcat even from here, with its stack trace.
      request.removeAttribute(RequestDispatcher.ERROR_EXCEPTION);
      return unreadable(Reason.MCP_BODY, "the body did not arrive completely: " + e.getMessage());
    }
    if (bytes.isEmpty()) {
      return unreadable(Reason.MCP_BODY_SIZE, "longer than " + maxBytes + " bytes");
    }
    if (declared >= 0 && bytes.get().length != declared) {
      return unreadable(Reason.MCP_BODY, "the body does not have its declared length");
    }
    return parse(bytes.get());
  }

  /** Understands a body that has arrived. */
  static Outcome parse(byte[] bytes) {
    // Jackson would guess the encoding: with NUL among the first bytes it would choose another.
    for (int i = 0; i < Math.min(Integer.BYTES, bytes.length); i++) {
      if (bytes[i] == 0) {
        return unreadable(Reason.MCP_BODY, "not UTF-8");
      }
    }
    if (!Utf8.isValid(bytes)) {
      return unreadable(Reason.MCP_BODY, "not UTF-8");
    }
    if (hasByteOrderMark(bytes)) {
      return unreadable(Reason.MCP_BODY, "a byte order mark"); // RFC 8259 §8.1
    }
    try {
      return new Read(MessageParser.parse(bytes));
    } catch (UnreadableMessageException e) {
      return unreadable(Reason.MCP_BODY, e.detail());
    }
  }

  private static boolean hasByteOrderMark(byte[] bytes) {
    return bytes.length >= 3
        && bytes[0] == (byte) 0xef
        && bytes[1] == (byte) 0xbb
        && bytes[2] == (byte) 0xbf;
  }

  /**
   * Reads all bytes; empty if there are more than allowed. Memory is allocated for what has
   * arrived, whatever length is declared.
   *
   * @param declared the length if it is known, or a negative number
   */
  private Optional<byte[]> bytes(InputStream input, int declared) throws IOException {
    int limit = declared < 0 ? maxBytes : declared;
    byte[] buffer = new byte[Math.min(limit, FIRST_BUFFER)];
    int length = 0;
    while (true) {
      if (length == limit) {
        return input.read() < 0 ? Optional.of(buffer) : Optional.empty();
      }
      if (length == buffer.length) {
        buffer = Arrays.copyOf(buffer, larger(length, limit, declared >= 0));
      }
      int read = input.read(buffer, length, buffer.length - length);
      if (read < 0) {
        return Optional.of(Arrays.copyOf(buffer, length));
      }
      length += read;
    }
  }

  /** A declared length is the final size of the buffer, so few copies lead to it. */
  private static int larger(int length, int limit, boolean isDeclared) {
    if (!isDeclared) {
      return (int) Math.min(limit, 2L * length);
    }
    return GROWTH * length >= limit ? limit : 4 * length;
  }

  private static Outcome unreadable(Reason reason, String detail) {
    return new Unreadable(Refusal.because(reason, detail));
  }
}
