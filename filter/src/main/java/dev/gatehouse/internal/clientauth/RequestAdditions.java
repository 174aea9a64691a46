package dev.gatehouse.internal.clientauth;

import dev.gatehouse.internal.reload.Reloadable;
import java.util.List;
import java.util.Map;

/**
 * Headers and parameters that the operator adds to each introspection request of one server, such
 * as the key of an API gateway. Both may be secret, so nothing prints them.
 *
 * @param parameters with one value each
 */
public record RequestAdditions(
    Reloadable<Map<String, String>> headers, Reloadable<Map<String, List<String>>> parameters) {

  /** The additions to one request; another object for each part that was replaced. */
  public record Current(Map<String, String> headers, Map<String, List<String>> parameters) {
    @Override
    public String toString() {
      return "Current";
    }
  }

  /** Adds nothing. */
  public static RequestAdditions none() {
    return new RequestAdditions(Reloadable.fixed(Map.of()), Reloadable.fixed(Map.of()));
  }

  /** The newest additions. */
  public Current current() {
    return new Current(headers.get(), parameters.get());
  }

  /** Checks both files; whether one of them has other content now. */
  public boolean haveChangedSince(Current used) {
    boolean changed = headers.hasChangedSince(used.headers());
    return parameters.hasChangedSince(used.parameters()) || changed;
  }

  @Override
  public String toString() {
    return "RequestAdditions";
  }
}
