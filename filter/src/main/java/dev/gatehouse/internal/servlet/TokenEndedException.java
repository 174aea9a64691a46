package dev.gatehouse.internal.servlet;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A write failed because its event stream had ended with the access token. */
final class TokenEndedException extends IOException {

  private static final long serialVersionUID = 1L;

  /** A chain of causes may be longer, or a circle. */
  private static final int MAX_CAUSES = 16;

  TokenEndedException() {
    super("the event stream has ended with its access token");
  }

  /** Whether a servlet or a framework has thrown it, perhaps inside another exception. */
  static boolean isCauseOf(Throwable thrown) {
    @Nullable Throwable each = thrown;
    for (int i = 0; i < MAX_CAUSES && each != null; i++) {
      if (each instanceof TokenEndedException) {
        return true;
      }
      each = each.getCause();
    }
    return false;
  }
}
