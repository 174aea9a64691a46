package dev.gatehouse.internal.mcp;

import org.jspecify.annotations.Nullable;

/** A body that is kept until it is complete, and what is then sent: JSON, or an error response. */
final class KeptBody {

  private static final FilterOutcome.Unusable TOO_LARGE =
      new FilterOutcome.Unusable("it is too large");

  private final FilteredResponse response;
  private final MessageFilter messages;
  private final boolean filtersLists;
  private final @Nullable String id;

  private final HeldBytes bytes = new HeldBytes();
  private boolean tooLarge;

  /** The size from which to look again whether the body is an error. */
  private int nextLook;

  /** Whether the body has status 200 and has been recognized as an error. */
  private boolean isRpcError;

  /**
   * Creates an empty body.
   *
   * @param lists null to leave lists as they are
   */
  KeptBody(FilteredResponse response, @Nullable ListVisibility lists, @Nullable String id) {
    this.response = response;
    this.messages = new MessageFilter(lists, true);
    this.filtersLists = lists != null;
    this.id = id;
  }

  int size() {
    return bytes.size();
  }

  void reset() {
    bytes.reset();
    tooLarge = false;
    isRpcError = false;
    nextLook = 0;
  }

  /** Returns the bytes and forgets them. */
  byte[] take() {
    byte[] taken = bytes.toByteArray();
    bytes.reset();
    return taken;
  }

  /** Keeps all bytes, because nothing is decided yet. */
  void add(byte[] added, int offset, int length) {
    bytes.write(added, offset, length);
  }

  /**
   * Keeps the bytes, but no more than the limit.
   *
   * @return whether there is no reason to keep the body any longer
   */
  boolean keep(byte[] added, int offset, int length) {
    if (tooLarge) {
      return false;
    }
    boolean isUnrecognized = !filtersLists && !response.isError() && !isRpcError;
    long size = (long) bytes.size() + length;
    if (isUnrecognized && size > BodyLimits.LIST) {
      bytes.write(added, offset, length);
      return true;
    }
    boolean isError = response.isError() || isRpcError;
    tooLarge = size > (isError ? BodyLimits.ERROR : BodyLimits.LIST);
    if (tooLarge) {
      bytes.reset();
      return false;
    }
    bytes.write(added, offset, length);
    return isHarmless();
  }

  /** Whether the body was kept only because it might have been a JSON-RPC error. */
  boolean isHarmless() {
    if (filtersLists || response.isError() || bytes.size() < nextLook) {
      return false;
    }
    nextLook = Math.max(64, 2 * bytes.size());
    MessageFilter.Kind kind = MessageFilter.kind(bytes.array(), 0, bytes.size());
    isRpcError = kind == MessageFilter.Kind.ERROR;
    return kind == MessageFilter.Kind.OTHER;
  }

  /** What to do with the complete body. */
  FilterOutcome outcome() {
    if (bytes.size() == 0 && !tooLarge) {
      return FilterOutcome.UNCHANGED;
    }
    if (response.isError()) {
      return error(response.getStatus());
    }
    if (!filtersLists) {
      return tooLarge
          ? new FilterOutcome.Replaced(response.getStatus(), ErrorBody.generic(500, id))
          : messages.filter(bytes.toByteArray());
    }
    if (tooLarge) {
      return TOO_LARGE;
    }
    String problem = response.unreadable();
    byte[] json = bytes.toByteArray();
    if (problem == null && !response.isUtf8() && !isAscii(json)) {
      problem = "it is not in UTF-8"; // RFC 8259 §8.1
    }
    return problem == null ? messages.filter(json) : new FilterOutcome.Unusable(problem);
  }

  private FilterOutcome error(int status) {
    String cleaned =
        tooLarge || response.unreadable() != null
            ? ErrorBody.generic(status, id)
            : ErrorBody.cleaned(bytes.toByteArray(), status, id);
    return cleaned == null ? FilterOutcome.UNCHANGED : new FilterOutcome.Replaced(status, cleaned);
  }

  private static boolean isAscii(byte[] bytes) {
    for (byte each : bytes) {
      if (each < 0) {
        return false;
      }
    }
    return true;
  }
}
