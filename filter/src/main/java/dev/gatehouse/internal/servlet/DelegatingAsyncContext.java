package dev.gatehouse.internal.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The async context that a servlet gets. It finishes wrapped responses before they complete, and
 * ignores what the servlet does with a response that has ended with its token: servlets do not
 * expect exceptions there.
 */
final class DelegatingAsyncContext implements AsyncContext {

  private static final Logger log = LoggerFactory.getLogger(DelegatingAsyncContext.class);

  private final AsyncContext target;
  private final ResponseLifetime lifetime;
  private final ServletRequest request;
  private final ServletResponse response;

  DelegatingAsyncContext(
      AsyncContext target,
      ResponseLifetime lifetime,
      ServletRequest request,
      ServletResponse response) {
    this.target = target;
    this.lifetime = lifetime;
    this.request = request;
    this.response = response;
  }

  @SuppressWarnings("ReferenceEquality") // one object for each request
  boolean belongsTo(ResponseLifetime other) {
    return lifetime == other;
  }

  @Override
  public void complete() {
    if (lifetime.isOpen()) {
      FinishableResponse.finishAll(response, null, this::completeTarget);
    } else {
      completeTarget();
    }
  }

  private void completeTarget() {
    if (lifetime.completes()) {
      target.complete();
    }
  }

  @Override
  public void dispatch() {
    dispatch(target::dispatch);
  }

  @Override
  public void dispatch(String path) {
    dispatch(() -> target.dispatch(path));
  }

  @Override
  public void dispatch(ServletContext context, String path) {
    dispatch(() -> target.dispatch(context, path));
  }

  private void dispatch(Runnable dispatch) {
    if (lifetime.mayComplete()) {
      lifetime.dispatched();
      dispatch.run();
    }
  }

  /** The wrapped one: writing past the wrappers would go on after the end of the token. */
  @Override
  public ServletRequest getRequest() {
    return request;
  }

  @Override
  public ServletResponse getResponse() {
    return response;
  }

  @Override
  public boolean hasOriginalRequestAndResponse() {
    return target.hasOriginalRequestAndResponse();
  }

  @Override
  public void start(Runnable task) {
    target.start(task);
  }

  @Override
  public void addListener(AsyncListener listener) {
    Translated translated = new Translated(listener);
    add(translated, () -> target.addListener(translated));
  }

  @Override
  public void addListener(
      AsyncListener listener, ServletRequest request, ServletResponse response) {
    Translated translated = new Translated(listener);
    add(translated, () -> target.addListener(translated, request, response));
  }

  private void add(Translated listener, Runnable add) {
    try {
      add.run();
    } catch (IllegalStateException e) {
      if (lifetime.mayComplete()) {
        throw e;
      }
      try {
        listener.onComplete(new AsyncEvent(this, request, response));
      } catch (IOException ignored) {
        log.debug("a listener failed", ignored);
      }
    }
  }

  @Override
  public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
    return target.createListener(type);
  }

  @Override
  public void setTimeout(long millis) {
    try {
      target.setTimeout(millis);
    } catch (IllegalStateException e) {
      if (lifetime.mayComplete()) {
        throw e;
      }
    }
  }

  @Override
  public long getTimeout() {
    return target.getTimeout();
  }

  /** Gives a listener this context instead of the container's. */
  private final class Translated implements AsyncListener {

    private final AsyncListener listener;

    Translated(AsyncListener listener) {
      this.listener = listener;
    }

    private AsyncEvent translated(AsyncEvent event) {
      @Nullable ServletRequest suppliedRequest = event.getSuppliedRequest();
      @Nullable ServletResponse suppliedResponse = event.getSuppliedResponse();
      return new AsyncEvent(
          DelegatingAsyncContext.this, suppliedRequest, suppliedResponse, event.getThrowable());
    }

    @Override
    public void onComplete(AsyncEvent event) throws IOException {
      listener.onComplete(translated(event));
    }

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
      listener.onTimeout(translated(event));
    }

    @Override
    public void onError(AsyncEvent event) throws IOException {
      listener.onError(translated(event));
    }

    @Override
    public void onStartAsync(AsyncEvent event) throws IOException {
      listener.onStartAsync(translated(event));
    }
  }
}
