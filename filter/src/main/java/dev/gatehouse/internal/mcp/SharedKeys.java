package dev.gatehouse.internal.mcp;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.util.function.Supplier;

/**
 * A factory whose parsers share the keys that they have read, which makes them faster. A caller can
 * choose keys with equal hashes, so that Jackson 2.23 fails for texts of other callers, too: it
 * refuses them, or throws ArrayIndexOutOfBoundsException. A text that fails for such a reason must
 * be parsed again without the shared keys, and these are forgotten. This class is thread-safe.
 */
final class SharedKeys {

  private final Supplier<JsonFactory> creator;
  private volatile JsonFactory current;

  SharedKeys(Supplier<JsonFactory> creator) {
    this.creator = creator;
    this.current = creator.get();
  }

  /** The factory with the shared keys. */
  JsonFactory factory() {
    return current;
  }

  /** Forgets the keys; returns a factory for the text that has failed, to be used only for it. */
  JsonFactory afterFailure() {
    current = creator.get();
    return creator.get();
  }

  /** Whether keys of other texts may be the reason. */
  static boolean mayBeReason(Exception e) {
    return e instanceof StreamConstraintsException || e instanceof IndexOutOfBoundsException;
  }
}
