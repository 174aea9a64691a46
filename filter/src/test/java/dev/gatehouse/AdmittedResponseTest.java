package dev.gatehouse;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmittedResponseTest {

  /** They only tell what the servlet has set through others, which are watched. */
  private static final Set<String> READING =
      Set.of("isCommitted()", "containsHeader(String)", "getHeader(String)");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev.gatehouse.internal.session.SessionResponse",
        "dev.gatehouse.internal.servlet.EventStreamResponse",
        "dev.gatehouse.internal.mcp.FilteredResponse",
        "dev.gatehouse.internal.mcp.LengthKeepingResponse"
      })
  void whateverAWrapperOverridesPutsTheWrappersInPlace(String wrapper) throws Exception {
    Set<String> overridden = overridden(Class.forName(wrapper));
    assertThat(overridden).isNotEmpty();
    overridden.removeAll(READING);
    assertThat(overridden(AdmittedResponse.class)).containsAll(overridden);
  }

  @Test
  void whatOnlyReadsDoesNotPutThemInPlace() {
    assertThat(overridden(AdmittedResponse.class)).doesNotContainAnyElementsOf(READING);
  }

  /** The methods of the Servlet API that a class itself declares. */
  private static Set<String> overridden(Class<?> type) {
    Set<String> api =
        Arrays.stream(HttpServletResponse.class.getMethods())
            .map(AdmittedResponseTest::signature)
            .collect(Collectors.toSet());
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isBridge())
        .map(AdmittedResponseTest::signature)
        .filter(api::contains)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String signature(Method method) {
    return method.getName()
        + Arrays.stream(method.getParameterTypes())
            .map(Class::getSimpleName)
            .collect(Collectors.joining(",", "(", ")"));
  }
}
