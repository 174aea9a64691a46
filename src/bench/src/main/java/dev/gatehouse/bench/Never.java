package dev.gatehouse.bench;

import java.lang.reflect.Proxy;

/** Makes an interface whose every method fails: what a stub's subclass has not thought of. */
final class Never {

  private Never() {}

  static <T> T called(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException("the stub lacks " + method);
            }));
  }
}
