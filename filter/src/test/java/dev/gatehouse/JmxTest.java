package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gatehouse.testing.LogWatch;
import dev.gatehouse.testing.Secrets;
import dev.gatehouse.testing.TestSettings;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.management.Attribute;
import javax.management.AttributeNotFoundException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Metrics over JMX, which needs no library. */
class JmxTest {

  private static final MBeanServer JMX = ManagementFactory.getPlatformMBeanServer();

  @RegisterExtension final LogWatch log = new LogWatch();

  private static Set<ObjectName> beans() throws Exception {
    return new TreeSet<>(
        JMX.queryNames(
            new ObjectName("dev.gatehouse:type=McpAuthFilter,name=gatehouse,context=/,*"), null));
  }

  /** The only bean that is not in {@code before}. */
  private static ObjectName added(Set<ObjectName> before) throws Exception {
    Set<ObjectName> now = beans();
    now.removeAll(before);
    assertThat(now).hasSize(1);
    return now.iterator().next();
  }

  @Test
  void metricsAreAvailableWhileTheFilterRuns() throws Exception {
    Set<ObjectName> before = beans();
    ObjectName name;
    try (GuardedServer guarded = new GuardedServer(Map.of())) {
      name = added(before);
      guarded.server.get("/mcp");
      guarded.respondActive("");
      String token = Secrets.token();
      guarded.status(token);
      guarded.status(token);

      assertThat(JMX.getAttribute(name, "requests.admitted.none")).isEqualTo(2L);
      assertThat(JMX.getAttribute(name, "requests.refused.no_credentials")).isEqualTo(1L);
      assertThat(JMX.getAttribute(name, "cache.gets.hit")).isEqualTo(1L);
      assertThat(JMX.getAttribute(name, "cache.size")).isEqualTo(1L);
      String introspections = "introspections.the authorization server.active";
      assertThat(JMX.getAttribute(name, introspections + ".count")).isEqualTo(1L);
      double longest = (double) JMX.getAttribute(name, introspections + ".max");
      assertThat(longest).isPositive().isEqualTo(JMX.getAttribute(name, introspections + ".total"));
    }
    assertThat(JMX.isRegistered(name)).isFalse();
  }

  @Test
  void allAttributesAreReadableAndNoneIsWritable() throws Exception {
    Set<ObjectName> before = beans();
    try (GuardedServer guarded = new GuardedServer(Map.of())) {
      ObjectName name = added(before);
      guarded.status(Secrets.token());
      MBeanAttributeInfo[] infos = JMX.getMBeanInfo(name).getAttributes();
      String[] names = new String[infos.length];
      for (int i = 0; i < infos.length; i++) {
        assertThat(infos[i].isWritable()).isFalse();
        assertThat(infos[i].getDescription()).isNotBlank();
        names[i] = infos[i].getName();
      }
      assertThat(names).hasSizeGreaterThan(20).noneMatch(Secrets::appearIn);
      assertThat(JMX.getAttributes(name, names)).hasSameSizeAs(names);
      assertThatThrownBy(() -> JMX.setAttribute(name, new Attribute("cache.size", 0L)))
          .isInstanceOf(AttributeNotFoundException.class);
      assertThatThrownBy(() -> JMX.getAttribute(name, "nothing"))
          .isInstanceOf(AttributeNotFoundException.class);
    }
  }

  @Test
  void twoApplicationsInOneJvmDoNotClash() throws Exception {
    Set<ObjectName> before = beans();
    try (GuardedServer one = new GuardedServer(Map.of());
        GuardedServer two = new GuardedServer(Map.of())) {
      Set<ObjectName> both = beans();
      both.removeAll(before);
      assertThat(both).hasSize(2);
      one.server.get("/mcp");
      two.server.get("/mcp");
      for (ObjectName each : both) {
        assertThat(JMX.getAttribute(each, "requests.refused.no_credentials")).isEqualTo(1L);
      }
    }
    assertThat(beans()).isEqualTo(before);
  }

  @Test
  void aFilterStartsEvenIfAListenerFails() throws Exception {
    log.announce("metrics or observations of the filter can't be registered");
    McpAuthFilter filter =
        new McpAuthFilter(
            TestSettings.builder()
                .resource("https://mcp.example/mcp")
                .issuer("https://login.example")
                .clientId("mcp-filter")
                .clientSecret(Secrets.CLIENT_SECRET)
                .build());
    filter.addListener(
        started -> {
          throw new NoClassDefFoundError("java/lang/management/ManagementFactory");
        });
    try (var server = ProtectedServer.guarding(new CallerServlet(), filter)) {
      assertThat(server.get("/mcp").statusCode()).isEqualTo(401);
    }
  }
}
