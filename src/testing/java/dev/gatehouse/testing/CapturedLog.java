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
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.slf4j.LoggerFactory;

/** Captures the log events of one test and the warnings that the test announces. Thread-safe. */
@NullMarked
public final class CapturedLog {

  /** What the MCP SDK logs if the other side closes at the very moment in which it sends. */
  private static final Pattern SDK_PARTING =
      Pattern.compile(
          "Error during asynchronous close|Failed to send message .*Client disconnected"
              + "|Failed to handle request stream: Failed to send message .*"
              + "|Failed to complete async context .*");

  /** What Jetty logs if a connection closes at the very moment in which it resumes a request. */
  private static final String JETTY_PARTING = "java.nio.channels.ClosedChannelException";

  private final Collector collector = new Collector();
  private final List<String> announced = new CopyOnWriteArrayList<>();
  private final List<String> allowed = new CopyOnWriteArrayList<>();

  CapturedLog() {}

  private static final class Collector extends AppenderBase<ILoggingEvent> {
    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      event.prepareForDeferredProcessing(); // arguments may change before the test reads them
      events.add(event);
    }
  }

  /** Announces an event at WARN or above whose message contains this text. */
  public void announce(String partOfMessage) {
    announced.add(partOfMessage);
  }

  /** Allows such an event without requiring it. */
  void allow(String partOfMessage) {
    allowed.add(partOfMessage);
  }

  /** All events so far. */
  public List<ILoggingEvent> events() {
    return List.copyOf(collector.events);
  }

  /** All messages so far, each prefixed with its level. */
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

  /** Describes each event with a secret, each not announced, and each announced but missing. */
  List<String> violations(Predicate<String> containsSecret) {
    List<String> violations = new ArrayList<>();
    List<String> missing = new ArrayList<>(announced);
    for (ILoggingEvent event : events()) {
      String message = event.getFormattedMessage();
      if (allTexts(event).stream().anyMatch(containsSecret)) {
        violations.add("a token or secret in the log: " + allTexts(event));
      }
      if (event.getLevel().isGreaterOrEqual(Level.WARN) && !isParting(event)) {
        if (Stream.concat(announced.stream(), allowed.stream()).noneMatch(message::contains)) {
          violations.add("logged and not announced: " + event.getLevel() + " " + allTexts(event));
        }
        missing.removeIf(message::contains);
      }
    }
    missing.forEach(part -> violations.add("announced and not logged: " + part));
    return violations;
  }

  private static boolean isParting(ILoggingEvent event) {
    String logger = event.getLoggerName();
    String message = event.getFormattedMessage();
    return (logger.startsWith("io.modelcontextprotocol.") && SDK_PARTING.matcher(message).matches())
        || (logger.endsWith(".servlet.ServletChannelState") && message.equals(JETTY_PARTING));
  }

  /** All texts of an event that an appender could write. */
  private static List<String> allTexts(ILoggingEvent event) {
    List<String> texts = new ArrayList<>();
    texts.add(event.getFormattedMessage());
    texts.add(String.valueOf(event.getMessage()));
    texts.add(event.getMDCPropertyMap().toString());
    texts.add(String.valueOf(event.getKeyValuePairs()));
    if (event.getArgumentArray() != null) {
      Arrays.stream(event.getArgumentArray()).map(String::valueOf).forEach(texts::add);
    }
    if (event.getThrowableProxy() != null) {
      texts.add(ThrowableProxyUtil.asString(event.getThrowableProxy())); // with causes
    }
    return texts;
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }
}
