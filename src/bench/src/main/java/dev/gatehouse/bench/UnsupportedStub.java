package dev.gatehouse.bench;

import java.lang.reflect.Proxy;

/** Implements an interface so that every method fails; stubs override the methods in use. */
final class UnsupportedStub {

  private UnsupportedStub() {}

  static <T> T of(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new UnsupportedOperationException("the stub does not implement " + method);
            }));
  }
}
