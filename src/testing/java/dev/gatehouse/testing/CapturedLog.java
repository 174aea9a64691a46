package dev.gatehouse.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.slf4j.LoggerFactory;

/** What has been logged during one test, and which warnings the test has announced. */
@NullMarked
public final class CapturedLog {

  private final Collector collector = new Collector();
  private final List<String> announced = new CopyOnWriteArrayList<>();
  private final List<String> allowed = new CopyOnWriteArrayList<>();

  CapturedLog() {}

  private static final class Collector extends AppenderBase<ILoggingEvent> {
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      event.prepareForDeferredProcessing(); // arguments may have changed when the test looks
      events.add(event);
    }
  }

  /** Announces that the test will cause an event at WARN or above whose message contains this. */
  public void announce(String partOfMessage) {
    announced.add(partOfMessage);
  }

  /** Announces an event that may be missing. */
  void allow(String partOfMessage) {
    allowed.add(partOfMessage);
  }

  /** All events up to now. */
  public List<ILoggingEvent> events() {
    return List.copyOf(collector.events);
  }

  /** All messages up to now, each with its level in front. */
  public List<String> messages() {
    return events().stream().map(e -> e.getLevel() + " " + e.getFormattedMessage()).toList();
  }

  void start() {
    collector.start();
    root().addAppender(collector);
  }

  void stop() {
    root().detachAppender(collector);
    collector.stop();
  }

  void clear() {
    collector.events.clear();
    announced.clear();
    allowed.clear();
  }

  /** Describes each event that gives a secret away or was not announced; empty if all is well. */
  List<String> violations(Predicate<String> givesAway) {
    List<String> violations = new ArrayList<>();
    List<String> missing = new ArrayList<>(announced);
    for (ILoggingEvent event : events()) {
      String message = event.getFormattedMessage();
      if (texts(event).stream().anyMatch(givesAway)) {
        violations.add("a token or secret in the log: " + texts(event));
      }
      if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
        if (Stream.concat(announced.stream(), allowed.stream()).noneMatch(message::contains)) {
          violations.add("logged and not announced: " + event.getLevel() + " " + texts(event));
        }
        missing.removeIf(message::contains);
      }
    }
    missing.forEach(part -> violations.add("announced and not logged: " + part));
    return violations;
  }

  /** Everything that an appender of whatever kind could write. */
  private static List<String> texts(ILoggingEvent event) {
    List<String> texts = new ArrayList<>();
    texts.add(event.getFormattedMessage());
    texts.add(String.valueOf(event.getMessage()));
    texts.add(event.getMDCPropertyMap().toString());
    texts.add(String.valueOf(event.getKeyValuePairs()));
    if (event.getArgumentArray() != null) {
      Arrays.stream(event.getArgumentArray()).map(String::valueOf).forEach(texts::add);
    }
    if (event.getThrowableProxy() != null) {
      texts.add(ThrowableProxyUtil.asString(event.getThrowableProxy())); // causes, suppressed ones
    }
    return texts;
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }
}
