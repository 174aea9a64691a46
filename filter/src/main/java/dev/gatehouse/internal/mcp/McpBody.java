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
public record McpBody(byte[] bytes, List<McpMessage> messages, boolean batch) {}
