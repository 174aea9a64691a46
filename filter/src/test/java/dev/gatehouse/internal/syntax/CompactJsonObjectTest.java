package dev.gatehouse.internal.syntax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The object behaves like any other unmodifiable map. */
@SuppressWarnings("NullAway") // JSON has nulls
class CompactJsonObjectTest {

  private static Map<String, Object> of(Map<String, Object> model) {
    return new CompactJsonObject(new ArrayList<>(model.keySet()), model.values().toArray());
  }

  @Test
  void theObjectEqualsTheMapItWasCreatedFrom() {
    Random random = new Random(42);
    for (int round = 0; round < 1_000; round++) {
      Map<String, Object> model = new LinkedHashMap<>();
      for (int member = random.nextInt(12); member > 0; member--) {
        String name = "member-" + random.nextInt(20);
        model.put(name, random.nextInt(4) == 0 ? null : random.nextInt(100));
      }
      Map<String, Object> compact = of(model);

      assertThat(compact).isEqualTo(model).hasSameHashCodeAs(model).hasSameSizeAs(model);
      assertThat(compact).hasToString(model.toString());
      assertThat(compact.keySet()).containsExactlyElementsOf(model.keySet());
      assertThat(compact.values()).containsExactlyElementsOf(model.values());
      for (int i = 0; i < 20; i++) {
        String name = "member-" + i;
        assertThat(compact.containsKey(name)).isEqualTo(model.containsKey(name));
        assertThat(compact.get(name)).isEqualTo(model.get(name));
      }
    }
  }

  @Test
  void theObjectDoesNotContainTheNullKey() {
    Map<String, Object> map = of(Map.of("a", 1));

    assertThat(map.containsKey(null)).isFalse();
    assertThat(map.get(null)).isNull();
  }

  @Test
  void theObjectIsUnmodifiable() {
    Map<String, Object> map = of(Map.of("a", 1));
    Map.Entry<String, Object> entry = map.entrySet().iterator().next();

    for (Runnable change :
        List.<Runnable>of(
            () -> map.put("a", 2),
            () -> map.remove("a"),
            map::clear,
            () -> map.keySet().remove("a"),
            () -> map.values().clear(),
            () -> map.replaceAll((name, value) -> 2),
            () -> map.merge("a", 2, (before, after) -> after),
            () -> entry.setValue(2))) {
      assertThatThrownBy(change::run).isInstanceOf(UnsupportedOperationException.class);
    }
    assertThat(map).isEqualTo(Map.of("a", 1));
  }

  @Test
  void theIteratorEndsAfterTheLastMember() {
    var entries = of(Map.of()).entrySet().iterator();

    assertThat(entries.hasNext()).isFalse();
    assertThatThrownBy(entries::next).isInstanceOf(NoSuchElementException.class);
  }
}
