package dev.gatehouse.internal.observe;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.management.Attribute;
import javax.management.AttributeList;
import javax.management.AttributeNotFoundException;
import javax.management.DynamicMBean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Shows the readings over JMX, read-only: each under its meter's name without {@code gatehouse.},
 * followed by the values of its tags ({@code requests.refused.expired}).
 */
public final class JmxBean implements DynamicMBean {

  private record Shown(String description, Class<?> type, Supplier<Number> value) {}

  private final Map<String, Shown> attributes = new LinkedHashMap<>();

  private JmxBean(List<Metric> readings) {
    readings.forEach(this::show);
  }

  /**
   * Registers one.
   *
   * @param filterName as the container knows it
   * @param contextPath of the application
   * @param number tells filters apart that have all of this in common, on two hosts for example
   * @return what takes it off again
   */
  public static Runnable register(
      List<Metric> readings, String filterName, String contextPath, long number) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    String name =
        "dev.gatehouse:type=McpAuthFilter,name="
            + value(filterName)
            + ",context="
            + value(contextPath.isEmpty() ? "/" : contextPath);
    try {
      ObjectName registered = register(server, new JmxBean(readings), name, number);
      return () -> unregister(server, registered);
    } catch (JMException e) {
      throw new IllegalStateException("JMX does not take " + name, e);
    }
  }

  private static ObjectName register(MBeanServer server, JmxBean bean, String name, long number)
      throws JMException {
    try {
      return server.registerMBean(bean, new ObjectName(name)).getObjectName();
    } catch (InstanceAlreadyExistsException e) {
      ObjectName another = new ObjectName(name + ",instance=" + number);
      return server.registerMBean(bean, another).getObjectName();
    }
  }

  private static void unregister(MBeanServer server, ObjectName name) {
    try {
      server.unregisterMBean(name);
    } catch (JMException e) {
      throw new IllegalStateException("JMX does not let go of " + name, e);
    }
  }

  /** Quoted only where it has to be: that is how one types it elsewhere. */
  private static String value(String text) {
    return text.matches("[^,=:\"*?\\s]+") ? text : ObjectName.quote(text);
  }

  private void show(Metric reading) {
    String name = reading.name().replaceFirst("^gatehouse\\.", "");
    if (!reading.tags().isEmpty()) {
      name += "." + String.join(".", reading.tags().values());
    }
    String what = reading.description();
    if (reading instanceof Metric.Count count) {
      attributes.put(name, new Shown(what, long.class, count.value()::getAsLong));
    } else if (reading instanceof Metric.Level level) {
      attributes.put(name, new Shown(what, long.class, level.value()::getAsLong));
    } else if (reading instanceof Metric.Time time) {
      Latency latency = time.value();
      attributes.put(name + ".count", new Shown(what, long.class, latency::count));
      attributes.put(
          name + ".total",
          new Shown(what + ": seconds in all", double.class, () -> seconds(latency.totalNanos())));
      attributes.put(
          name + ".max",
          new Shown(
              what + ": seconds of the longest",
              double.class,
              () -> seconds(latency.longestNanos())));
    }
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }

  @Override
  public Object getAttribute(String name) throws AttributeNotFoundException {
    Shown shown = attributes.get(name);
    if (shown == null) {
      throw new AttributeNotFoundException(name);
    }
    return shown.value().get();
  }

  @Override
  public AttributeList getAttributes(String[] names) {
    AttributeList values = new AttributeList();
    for (String name : names) {
      Shown shown = attributes.get(name);
      if (shown != null) {
        values.add(new Attribute(name, shown.value().get()));
      }
    }
    return values;
  }

  @Override
  public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
    throw new AttributeNotFoundException("all of them are read-only");
  }

  @Override
  public AttributeList setAttributes(AttributeList attributes) {
    return new AttributeList();
  }

  @Override
  public Object invoke(String action, Object[] parameters, String[] signature) {
    throw new UnsupportedOperationException("there are no operations");
  }

  @Override
  public MBeanInfo getMBeanInfo() {
    MBeanAttributeInfo[] infos =
        attributes.entrySet().stream()
            .map(
                entry ->
                    new MBeanAttributeInfo(
                        entry.getKey(),
                        entry.getValue().type().getName(),
                        entry.getValue().description(),
                        true,
                        false,
                        false))
            .toArray(MBeanAttributeInfo[]::new);
    return new MBeanInfo(
        "dev.gatehouse.McpAuthFilter",
        "Requests and introspections of one filter",
        infos,
        null,
        null,
        null);
  }
}
