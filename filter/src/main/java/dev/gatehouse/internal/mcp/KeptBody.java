package dev.gatehouse.internal.mcp;

import java.io.IOException;
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
    bytes.clear();
    tooLarge = false;
    isRpcError = false;
    nextLook = 0;
  }

  /** Writes the bytes and forgets them. */
  void moveTo(ByteTarget out) throws IOException {
    if (!bytes.isEmpty()) {
      out.write(bytes.array(), 0, bytes.size());
      bytes.clear();
    }
  }

  /** Writes the bytes with these edits and forgets them. */
  void moveTo(ByteTarget out, Edits edits) throws IOException {
    edits.write(bytes.array(), 0, bytes.size(), out);
    bytes.clear();
  }

  /** Keeps all bytes, because nothing is decided yet. */
  void add(byte[] added, int offset, int length) {
    bytes.add(added, offset, length);
  }

  /**
   * Keeps the bytes, but no more than the limit.
   *
   * @return whether there is no reason to keep the body any longer
   */
  boolean keep(byte[] added, int offset, int length) {
    if (isWithinLimit(length)) {
      bytes.add(added, offset, length);
    }
    return isHarmless();
  }

  /**
   * Takes an array over, without copying it if it is the whole body; the caller does not use it
   * again. Only for a body that must be kept.
   */
  void keepOwn(byte[] added) {
    if (isWithinLimit(added.length)) {
      bytes.adopt(added);
    }
  }

  private boolean isWithinLimit(int added) {
    boolean isError = response.isError() || isRpcError;
    int limit = isError ? BodyLimits.ERROR : BodyLimits.LIST;
    tooLarge |= added > limit - bytes.size();
    if (tooLarge) {
      bytes.clear();
    }
    return !tooLarge;
  }

  /** Whether it may still turn out that there is no reason to keep the body. */
  boolean isUnrecognized() {
    return !filtersLists && !response.isError() && !isRpcError && !tooLarge;
  }

  /** Whether the body was kept only because it might have been a JSON-RPC error. */
  boolean isHarmless() {
    if (!isUnrecognized() || bytes.isEmpty() || bytes.size() < nextLook) {
      return false;
    }
    nextLook = Math.max(64, 2 * bytes.size());
    MessageFilter.Kind kind = MessageFilter.kind(bytes.array(), 0, bytes.size());
    isRpcError = kind == MessageFilter.Kind.ERROR;
    return kind == MessageFilter.Kind.OTHER;
  }

  /** What to do with the complete body. */
  FilterOutcome outcome() {
    if (bytes.isEmpty() && !tooLarge) {
      return FilterOutcome.UNCHANGED;
    }
    if (response.isError()) {
      return error(response.getStatus());
    }
    if (tooLarge) {
      return isRpcError
          ? new FilterOutcome.Replaced(response.getStatus(), ErrorBody.generic(500, id))
          : TOO_LARGE;
    }
    String problem = filtersLists ? unreadable() : null;
    return problem == null
        ? messages.filter(bytes.array(), 0, bytes.size())
        : new FilterOutcome.Unusable(problem);
  }

  private @Nullable String unreadable() {
    String problem = response.unreadable();
    return problem == null && !response.isUtf8() && !isAscii()
        ? "it is not in UTF-8" // RFC 8259 §8.1
        : problem;
  }

  private FilterOutcome error(int status) {
    String cleaned =
        tooLarge || response.unreadable() != null
            ? ErrorBody.generic(status, id)
            : ErrorBody.cleaned(bytes.array(), bytes.size(), status, id);
    return cleaned == null ? FilterOutcome.UNCHANGED : new FilterOutcome.Replaced(status, cleaned);
  }

  private boolean isAscii() {
    byte[] array = bytes.array();
    for (int i = 0; i < bytes.size(); i++) {
      if (array[i] < 0) {
        return false;
      }
    }
    return true;
  }
}
