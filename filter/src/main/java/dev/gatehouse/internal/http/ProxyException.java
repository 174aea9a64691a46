package dev.gatehouse.internal.http;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A forward proxy could not be used, so the server behind it has got no request. */
public final class ProxyException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String problem;
  private final boolean repeatable;

  private ProxyException(String problem, boolean repeatable, @Nullable Throwable cause) {
    super(problem, cause);
    this.problem = problem;
    this.repeatable = repeatable;
  }

  /** A failure that may be over the next time. */
  static ProxyException temporary(String problem, @Nullable Throwable cause) {
    return new ProxyException(problem, /* repeatable= */ true, cause);
  }

  /** A failure that only an operator can end. */
  static ProxyException lasting(String problem) {
    return new ProxyException(problem, /* repeatable= */ false, null);
  }

  /** Which proxy failed, and how; for the log, without credentials. */
  public String problem() {
    return problem;
  }

  /** Whether another attempt at once may succeed. */
  boolean isRepeatable() {
    return repeatable;
  }
}
