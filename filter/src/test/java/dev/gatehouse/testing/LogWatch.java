package dev.gatehouse.testing;

import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The log of the running test, for tests that read it or announce warnings. {@link TestHygiene}
 * checks the log after every test, whether the test uses this class or not:
 *
 * <pre>
 * &#64;RegisterExtension final LogWatch log = new LogWatch();
 * </pre>
 */
public final class LogWatch implements BeforeEachCallback {

  private static final Pattern REASON = Pattern.compile("^refused: reason=([a-z_]+) ");

  private @Nullable CapturedLog captured;

  @Override
  public void beforeEach(ExtensionContext context) {
    captured = TestHygiene.log(context);
  }

  private CapturedLog captured() {
    return Objects.requireNonNull(captured);
  }

  /** Announces an event at WARN or above whose message contains this text. */
  public void announce(String partOfMessage) {
    captured().announce(partOfMessage);
  }

  /** The reason codes of all refusals so far. */
  public List<String> reasons() {
    return captured().events().stream()
        .map(event -> REASON.matcher(event.getFormattedMessage()))
        .filter(Matcher::find)
        .map(reason -> reason.group(1))
        .toList();
  }

  /** The events of the audit log so far, each as {@code key=value} pairs. */
  public List<String> auditLines() {
    return captured().events().stream()
        .filter(event -> event.getLoggerName().equals("dev.gatehouse.audit"))
        .map(LogWatch::keysAndValues)
        .toList();
  }

  private static String keysAndValues(ILoggingEvent event) {
    return event.getKeyValuePairs().stream()
        .map(pair -> pair.key + "=" + pair.value)
        .collect(Collectors.joining(" "));
  }

  /** All messages so far, each prefixed with its level. */
  public List<String> messages() {
    return captured().messages();
  }

  /** The messages of one level, such as {@code WARN}. */
  public List<String> messages(String level) {
    return messages().stream().filter(message -> message.startsWith(level + " ")).toList();
  }
}
