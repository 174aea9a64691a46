package dev.gatehouse.authorizationserver.internal.endpoint;

import com.nimbusds.oauth2.sdk.ParseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls parsers of Nimbus on what a caller sent. On some input they throw other exceptions than the
 * declared one: an RSA key with {@code "oth":[{}]} is a {@link NullPointerException}. All calls of
 * such parsers go through this class, so that malformed input is the caller's error and never
 * status 500.
 */
public final class UntrustedInput {
  private static final Logger LOG = LoggerFactory.getLogger(UntrustedInput.class);

  private UntrustedInput() {}

  /** A call of a parser. */
  @FunctionalInterface
  public interface Parser<T> {
    T parse() throws ParseException;
  }

  /**
   * Calls a parser and logs its failure. Any caller can cause one, so that is not a warning.
   *
   * @param what names the input in the log
   * @throws ParseException whenever the parser fails; without an error object when it failed with
   *     another exception
   */
  public static <T> T parse(String what, Parser<T> parser) throws ParseException {
    try {
      return parser.parse();
    } catch (ParseException e) {
      log(what, e);
      throw e;
    } catch (RuntimeException e) {
      log(what, e);
      throw new ParseException("unreadable " + what);
    }
  }

  /** The message of the exception is left out, because it may quote a secret. */
  private static void log(String what, Exception e) {
    LOG.info("unreadable {}: {}", what, e.getClass().getSimpleName());
  }
}
