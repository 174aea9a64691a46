package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Listens to the log during each test. Afterwards no event may hold a token or a secret, and
 * nothing at WARN or above may have been logged but what the test has announced, and all of that
 * must have been:
 *
 * <pre>
 * &#64;RegisterExtension final LogWatch log = new LogWatch();
 * </pre>
 */
final class LogWatch implements BeforeEachCallback, AfterEachCallback {

  private static final Pattern REASON = Pattern.compile("^refused: reason=([a-z_]+) ");

  private final Collector collector = new Collector();
  private final List<String> announced = new ArrayList<>();

  private static final class Collector extends AppenderBase<ILoggingEvent> {
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      events.add(event);
    }
  }

  /** Says that the test will bring about an event at WARN or above whose message holds this. */
  void announce(String partOfMessage) {
    announced.add(partOfMessage);
  }

  /** The reason codes of all refusals up to now. */
  List<String> reasons() {
    return collector.events.stream()
        .map(event -> REASON.matcher(event.getFormattedMessage()))
        .filter(Matcher::find)
        .map(reason -> reason.group(1))
        .toList();
  }

  /** The lines of the audit log up to now, each as its keys and values. */
  List<String> audits() {
    return collector.events.stream()
        .filter(event -> event.getLoggerName().equals("dev.gatehouse.audit"))
        .map(
            event ->
                event.getKeyValuePairs().stream()
                    .map(pair -> pair.key + "=" + pair.value)
                    .collect(Collectors.joining(" ")))
        .toList();
  }

  /** All messages up to now, each with its level before it. */
  List<String> messages() {
    return collector.events.stream()
        .map(e -> e.getLevel() + " " + e.getFormattedMessage())
        .toList();
  }

  /** Those of one level. */
  List<String> messages(String level) {
    return messages().stream().filter(message -> message.startsWith(level + " ")).toList();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    announced.clear();
    collector.events.clear();
    collector.start();
    root().addAppender(collector);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    root().detachAppender(collector);
    collector.stop();
    if (context.getExecutionException().isPresent()) {
      System.err.println("failed: " + context.getDisplayName());
      messages().forEach(message -> System.err.println("logged: " + message));
      return;
    }
    assertThat(collector.events).allSatisfy(LogWatch::assertNothingGivenAway);
    List<String> missing = new ArrayList<>(announced);
    for (ILoggingEvent event : collector.events) {
      if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
        String message = event.getFormattedMessage();
        if (announced.stream().noneMatch(message::contains)) {
          fail("not announced: " + event.getLevel() + " " + message + texts(event));
        }
        missing.removeIf(message::contains);
      }
    }
    assertThat(missing).as("announced and not logged").isEmpty();
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }

  private static void assertNothingGivenAway(ILoggingEvent event) {
    assertThat(texts(event)).as("texts of one log event").noneMatch(Secrets::isIn);
  }

  /** Everything that an appender of whatever kind could write. */
  private static List<String> texts(ILoggingEvent event) {
    List<String> texts = new ArrayList<>();
    texts.add(String.valueOf(event.getMessage()));
    texts.add(event.getFormattedMessage());
    texts.add(event.getMDCPropertyMap().toString());
    texts.add(String.valueOf(event.getKeyValuePairs()));
    if (event.getArgumentArray() != null) {
      Arrays.stream(event.getArgumentArray()).map(String::valueOf).forEach(texts::add);
    }
    IThrowableProxy thrown = event.getThrowableProxy();
    while (thrown != null) {
      texts.add(thrown.getClassName() + ": " + thrown.getMessage());
      thrown = thrown.getCause();
    }
    return texts;
  }
}
