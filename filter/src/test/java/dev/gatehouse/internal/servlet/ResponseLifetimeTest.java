package dev.gatehouse.internal.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gatehouse.testing.StubRequest;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ResponseLifetimeTest {

  private static final HttpServletResponse RESPONSE =
      (HttpServletResponse)
          Proxy.newProxyInstance(
              ResponseLifetimeTest.class.getClassLoader(),
              new Class<?>[] {HttpServletResponse.class},
              (proxy, method, arguments) -> {
                throw new UnsupportedOperationException(method.getName());
              });

  /** A request that is never async. */
  private static HttpServletRequestWrapper request() {
    return new HttpServletRequestWrapper(StubRequest.post()) {
      @Override
      public DispatcherType getDispatcherType() {
        return DispatcherType.REQUEST;
      }

      @Override
      public boolean isAsyncStarted() {
        return false;
      }
    };
  }

  @Test
  void aStreamThatTheContainerCompletesWhileItOpensIsReportedAsFinishedLast() throws Exception {
    List<String> reports = new ArrayList<>();
    CompletableFuture<Void> opening = new CompletableFuture<>();
    CompletableFuture<Void> completed = new CompletableFuture<>();
    ResponseLifetime lifetime =
        new ResponseLifetime(
            new ResponseLifetime.Watcher() {
              @Override
              public void opened(ResponseLifetime response) {
                opening.complete(null);
                completed.join();
                reports.add("opened");
              }

              @Override
              public void finished(ResponseLifetime response) {
                reports.add("finished");
              }
            });
    CompletableFuture<Void> other = new CompletableFuture<>();
    lifetime.run(
        request(),
        RESPONSE,
        RESPONSE,
        (request, response) -> {
          Thread thread =
              new Thread(
                  () -> {
                    lifetime.opened(() -> {});
                    other.complete(null);
                  });
          thread.start();
          opening.join();
        });
    completed.complete(null);
    other.get(60, TimeUnit.SECONDS);
    assertThat(reports).containsExactly("finished", "opened", "finished");
  }
}
