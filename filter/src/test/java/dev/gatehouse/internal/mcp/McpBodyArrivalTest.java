package dev.gatehouse.internal.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.internal.mcp.McpBodyReader.Outcome;
import dev.gatehouse.internal.mcp.McpBodyReader.Read;
import dev.gatehouse.internal.mcp.McpBodyReader.Unreadable;
import dev.gatehouse.internal.token.Reason;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the bytes of a body arrive, compared with its declared length. */
class McpBodyArrivalTest {

  private static final int MAX = 1 << 20;

  /** Gives at most so many bytes at once, and remembers for how many there was room. */
  private static final class Arriving extends ServletInputStream {
    private final byte[] content;
    private final int atOnce;
    private int position;
    private int mostRoom;

    Arriving(byte[] content, int atOnce) {
      this.content = content;
      this.atOnce = atOnce;
    }

    @Override
    public int read() {
      return position < content.length ? content[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      // The room before has been filled, the room after is still free.
      mostRoom = Math.max(mostRoom, target.length / Math.max(1, position / (16 * 1024)));
      int count = Math.min(Math.min(length, atOnce), content.length - position);
      System.arraycopy(content, position, target, offset, count);
      position += count;
      return count == 0 ? -1 : count;
    }

    @Override
    public boolean isFinished() {
      return position == content.length;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new UnsupportedOperationException();
    }
  }

  private static Outcome read(Arriving input, long declared) {
    HttpServletRequest request =
        (HttpServletRequest)
            Proxy.newProxyInstance(
                McpBodyArrivalTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "getHeaders" ->
                          Collections.enumeration(
                              "Content-Type".equals(arguments[0])
                                  ? List.of("application/json")
                                  : List.of());
                      case "getContentType" -> "application/json";
                      case "getHeader" ->
                          "Content-Type".equals(arguments[0]) ? "application/json" : null;
                      case "getContentLengthLong" -> declared;
                      case "getInputStream" -> input;
                      default -> throw new UnsupportedOperationException(method.getName());
                    });
    return new McpBodyReader(MAX).read(request);
  }

  private static byte[] body(int length) {
    String start = "{\"jsonrpc\":\"2.0\",\"method\":\"x\"}";
    return (start + " ".repeat(length - start.length())).getBytes(StandardCharsets.UTF_8);
  }

  private static Reason reason(Outcome outcome) {
    return ((Unreadable) outcome).refusal().reason();
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 16_383, 16_384, 16_385, 131_072, 131_073, 700_000, MAX})
  void aBodyIsReadWholeWhetherItsLengthIsDeclaredOrNot(int length) {
    byte[] sent = body(length);
    for (long declared : new long[] {length, -1}) {
      for (int atOnce : new int[] {Integer.MAX_VALUE, 5_000}) {
        Outcome outcome = read(new Arriving(sent, atOnce), declared);

        assertThat(((Read) outcome).body().bytes()).isEqualTo(sent);
      }
    }
  }

  @Test
  void aDeclaredLengthAllocatesLittleBeforeTheBytesArrive() {
    Arriving input = new Arriving(body(MAX), 1_000);

    read(input, MAX);

    assertThat(input.mostRoom).isLessThanOrEqualTo(8 * 16 * 1024);
  }

  @Test
  void aBodyOfAnotherThanItsDeclaredLengthIsRefused() {
    assertThat(reason(read(new Arriving(body(100), 10), 101))).isEqualTo(Reason.MCP_BODY);
    assertThat(read(new Arriving(body(100), 10), 99)).isInstanceOf(Unreadable.class);
    assertThat(reason(read(new Arriving(new byte[0], 10), 0))).isEqualTo(Reason.MCP_BODY);
  }

  @Test
  void aBodyBeyondTheMaximumIsRefused() {
    Arriving unread = new Arriving(body(MAX + 1), 1_000);

    assertThat(reason(read(unread, MAX + 1))).isEqualTo(Reason.MCP_BODY_SIZE);
    assertThat(unread.position).isZero();
    assertThat(reason(read(new Arriving(body(MAX + 1), 99_999), -1)))
        .isEqualTo(Reason.MCP_BODY_SIZE);
  }
}
