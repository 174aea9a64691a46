package dev.gatehouse.internal.mcp;

import java.util.List;

/**
 * The MCP messages of a request body.
 *
 * @param bytes the body as received, to be passed on unchanged; never modified
 * @param messages in their order; of one message that names several resources ({@code
 *     subscriptions/listen}), one for each of them
 * @param batch whether the body is a JSON array (revision 2025-03-26)
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record McpBody(byte[] bytes, List<McpMessage> messages, boolean batch) {

  /** Whether the response may contain a list of what the caller may use. */
  public boolean asksForList() {
    for (McpMessage message : messages) {
      if (ListMethod.named(message.method()).isPresent()) {
        return true;
      }
    }
    return false;
  }
}
