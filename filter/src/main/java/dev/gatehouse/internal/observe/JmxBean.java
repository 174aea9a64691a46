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
 * Publishes the metrics over JMX, as read-only attributes. An attribute is named like the meter,
 * without {@code gatehouse.} and followed by the tag values: {@code requests.refused.expired}.
 */
public final class JmxBean implements DynamicMBean {

  private record Value(String description, Class<?> type, Supplier<Number> value) {}

  private final Map<String, Value> attributes = new LinkedHashMap<>();

  private JmxBean(List<Metric> metrics) {
    metrics.forEach(this::add);
  }

  /**
   * Registers an MBean with the platform's MBean server.
   *
   * @param filterName the filter's name in the container
   * @param contextPath the application's context path
   * @param number distinguishes filters of the same name and context path, for example on two
   *     virtual hosts
   * @return unregisters the MBean
   */
  public static Runnable register(
      List<Metric> metrics, String filterName, String contextPath, long number) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    String name =
        "dev.gatehouse:type=McpAuthFilter,name="
            + quotedIfNecessary(filterName)
            + ",context="
            + quotedIfNecessary(contextPath.isEmpty() ? "/" : contextPath);
    try {
      ObjectName registered = register(server, new JmxBean(metrics), name, number);
      return () -> unregister(server, registered);
    } catch (JMException e) {
      throw new IllegalStateException("JMX refuses to register " + name, e);
    }
  }

  private static ObjectName register(MBeanServer server, JmxBean bean, String name, long number)
      throws JMException {
    try {
      return server.registerMBean(bean, new ObjectName(name)).getObjectName();
    } catch (InstanceAlreadyExistsException e) {
      ObjectName numbered = new ObjectName(name + ",instance=" + number);
      return server.registerMBean(bean, numbered).getObjectName();
    }
  }

  private static void unregister(MBeanServer server, ObjectName name) {
    try {
      server.unregisterMBean(name);
    } catch (JMException e) {
      throw new IllegalStateException("JMX refuses to unregister " + name, e);
    }
  }

  /** Quotes a value only if necessary, so that most names are easy to type in JMX tools. */
  private static String quotedIfNecessary(String text) {
    return text.matches("[^,=:\"*?\\s]+") ? text : ObjectName.quote(text);
  }

  private void add(Metric metric) {
    String name = metric.name().replaceFirst("^gatehouse\\.", "");
    if (!metric.tags().isEmpty()) {
      name += "." + String.join(".", metric.tags().values());
    }
    String description = metric.description();
    if (metric instanceof Metric.Counter counter) {
      attributes.put(name, new Value(description, long.class, counter.value()::getAsLong));
    } else if (metric instanceof Metric.Gauge gauge) {
      attributes.put(name, new Value(description, long.class, gauge.value()::getAsLong));
    } else if (metric instanceof Metric.Timer timer) {
      Latency latency = timer.value();
      attributes.put(name + ".count", new Value(description, long.class, latency::count));
      attributes.put(
          name + ".total",
          new Value(
              description + ": total in seconds",
              double.class,
              () -> seconds(latency.totalNanos())));
      attributes.put(
          name + ".max",
          new Value(
              description + ": longest in seconds",
              double.class,
              () -> seconds(latency.longestNanos())));
    }
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }

  @Override
  public Object getAttribute(String name) throws AttributeNotFoundException {
    Value value = attributes.get(name);
    if (value == null) {
      throw new AttributeNotFoundException(name);
    }
    return value.value().get();
  }

  @Override
  public AttributeList getAttributes(String[] names) {
    AttributeList values = new AttributeList();
    for (String name : names) {
      Value value = attributes.get(name);
      if (value != null) {
        values.add(new Attribute(name, value.value().get()));
      }
    }
    return values;
  }

  @Override
  public void setAttribute(Attribute attribute) throws AttributeNotFoundException {
    throw new AttributeNotFoundException("all attributes are read-only");
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
        "dev.gatehouse.McpAuthFilter", "Metrics of one filter", infos, null, null, null);
  }
}
