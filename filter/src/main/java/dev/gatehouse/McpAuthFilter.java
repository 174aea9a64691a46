package dev.gatehouse;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.gatehouse.internal.endpoint.ProtectedResourceMetadata;
import dev.gatehouse.internal.mcp.ListVisibility;
import dev.gatehouse.internal.observe.JmxBean;
import dev.gatehouse.internal.servlet.MappingCheck;
import dev.gatehouse.internal.verify.ServerVerifier;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Protects an MCP server: admits only requests with a valid access token (RFC 6750), which it
 * validates by token introspection (RFC 7662) or with the authorization server's keys (RFC 9068).
 * It also serves the protected resource metadata (RFC 9728) that tells clients where to get a
 * token, as the MCP authorization specification requires.
 *
 * <p>Every request that reaches the filter needs a token, except those for {@code /.well-known/},
 * CORS preflights of allowed origins, and eviction requests, which need the eviction secret.
 *
 * <p>Map the filter by servlet name. The MCP Java SDK's servlet serves every URL that <em>ends</em>
 * in its endpoint, so a filter that is mapped by path can be bypassed. {@link #register} does this
 * in one line. For a front controller that also serves public pages, see {@link
 * SettingsBuilder#mappingCheck}.
 *
 * <p>This class is thread-safe. If a token is not cached, the request's thread blocks until the
 * authorization server has responded, at most for the timeouts of the settings.
 */
public final class McpAuthFilter implements Filter {

  private static final Logger log = LoggerFactory.getLogger(McpAuthFilter.class);
  private static final AtomicLong INSTANCES = new AtomicLong();

  private final long number = INSTANCES.incrementAndGet();
  private final InstantSource clock;
  private final Ticker ticker;

  /** Request attribute that this instance, and no other, sets on the requests that it admits. */
  private final String admittedAttribute = McpAuthFilter.class.getName() + '#' + number;

  private @Nullable Settings settings;
  private @Nullable RunningFilter running;
  private @Nullable BackgroundSelfTest backgroundSelfTest;

  /** Whether clients can reach the metadata through this filter, as far as its mappings tell. */
  private boolean metadataMapped = true;

  private String contextPath = "";
  private String filterName = "";

  /** Whether a descriptor or a request has shown that the chain does not support async. */
  private final AtomicBoolean asyncUnsupported = new AtomicBoolean();

  private final LifecycleListeners listeners = new LifecycleListeners();

  /**
   * Creates a filter for {@code web.xml}. It reads its settings from the filter's init-params and
   * then from the environment. The environment wins, so secrets need not be in the file.
   */
  public McpAuthFilter() {
    this(Clock.systemUTC(), Ticker.systemTicker());
  }

  /**
   * Creates a filter with these settings. It ignores init-params and the environment.
   *
   * @param settings from {@link Settings#builder()}
   */
  public McpAuthFilter(Settings settings) {
    this(settings, Clock.systemUTC(), Ticker.systemTicker());
  }

  /** For tests: uses the clock for the cache's time-to-live too. */
  McpAuthFilter(Settings settings, InstantSource clock) {
    this(settings, clock, () -> TimeUnit.MILLISECONDS.toNanos(clock.millis()));
  }

  /** For tests: the clock may be set back, the ticker may not. */
  McpAuthFilter(Settings settings, InstantSource clock, Ticker ticker) {
    this(clock, ticker);
    this.settings = settings;
    if (settings.allowsUnprotectedPaths) {
      StartupCheck.expectUnprotectedPaths(this);
    }
  }

  private McpAuthFilter(InstantSource clock, Ticker ticker) {
    this.clock = clock;
    this.ticker = ticker;
    listeners.add(started -> JmxBean.register(started.metrics(), filterName, contextPath, number));
  }

  /**
   * Registers a filter in front of a servlet: by the servlet's name, for all dispatcher types, with
   * async support, and for the paths that the filter itself serves. Call it before the context has
   * started, for example from a {@code ServletContainerInitializer} or {@code
   * ServletContextListener}.
   *
   * @param context the context of the application
   * @param servletName the name under which the MCP servlet is registered
   * @param settings from {@link Settings#builder()}
   * @return the filter
   * @throws IllegalStateException if the context has already started
   */
  public static McpAuthFilter register(
      ServletContext context, String servletName, Settings settings) {
    return new FilterRegistrar(context).register(servletName, settings);
  }

  /**
   * Validates the settings and the filter's mappings, and starts the filter. If anything is wrong,
   * the filter responds to every request with 503, because some containers run the application
   * without a filter whose {@code init} has failed. The log and the container's own log name each
   * error and its cure.
   *
   * @throws UnavailableException if something is wrong and the container is known to stop the
   *     application then
   */
  @Override
  public void init(FilterConfig config) throws ServletException {
    try {
      start(config);
    } catch (RuntimeException | Error e) { // whatever it is, the filter must stay in the chain
      running = null;
      FailedStart.report(config, e);
    }
  }

  private void start(FilterConfig config) {
    if (running != null) {
      destroy(); // a container calls init again
    }
    StartupCheck.started(this);
    filterName = config.getFilterName();
    contextPath = config.getServletContext().getContextPath();
    if (settings == null) {
      settings = Settings.builder().initParameters(config).environment(System.getenv()).build();
    }
    MappingCheck mappings =
        MappingCheck.of(config.getServletContext(), filterName, settings.evictionPath);
    checkMappings(mappings, settings);
    if (mappings.isAsyncOff()) {
      reportAsyncUnsupported();
    }
    metadataMapped =
        mappings.coversAnyOf(ProtectedResourceMetadata.paths(settings.resource, contextPath));
    RunningFilter started = RunningFilter.of(settings, contextPath, clock, ticker);
    listeners.start(started.forListeners());
    log.info(
        "{} guards {}{}",
        filterName,
        settings.resource,
        settings.mcp.hasRules() ? " with rules for MCP calls" : "");
    running = started;
    if (settings.selfTest) {
      backgroundSelfTest = BackgroundSelfTest.start(selfTest(started));
    }
  }

  private void checkMappings(MappingCheck mappings, Settings settings) {
    mappings.throwIfBypassable(settings.allowsUnprotectedPaths);
    List<String> unprotected = mappings.unprotectedPaths();
    if (!unprotected.isEmpty()) {
      log.warn(
          "{} starts although it does not protect all paths (mapping-check=warn):\n  {}",
          filterName,
          String.join("\n  ", unprotected));
    }
  }

  /**
   * Tests the set-up: introspects a random token at each authorization server and, if it can get
   * one, an access token of the filter's own client. Blocks until the authorization servers have
   * responded, at most for the timeouts of the settings.
   *
   * @return the findings; at start-up, the filter runs the same test and logs them
   * @throws IllegalStateException if the filter has not started
   */
  public SelfTestReport selfTest() {
    return selfTest(started()).run();
  }

  /**
   * Returns the cached introspection results, for example to evict a revoked token.
   *
   * @return the cache of this filter
   * @throws IllegalStateException if the filter has not started
   */
  public TokenCache cache() {
    return new TokenCache(started().cache());
  }

  /**
   * Reports whether the authorization servers respond, for example for a health page. Returns at
   * once, with what the latest introspection requests have shown. If the latest result of a server
   * is older than ten seconds, or the server is not up, the filter probes it with a random token in
   * the background, at most once a second, so that a later call knows more.
   *
   * @return the state known now
   * @throws IllegalStateException if the filter has not started
   */
  public Health health() {
    List<ServerVerifier> servers = started().servers().all();
    Health known = Health.of(servers);
    servers.forEach(ServerVerifier::probeIfOutdated);
    return known;
  }

  /**
   * Adds a listener that is called when the filter starts, or at once if it has started.
   *
   * @param listener returns its cleanup, which is called when the filter is destroyed
   */
  void addListener(Function<LifecycleListeners.Started, Runnable> listener) {
    listeners.add(listener);
  }

  private RunningFilter started() {
    RunningFilter started = running;
    if (started == null) {
      throw new IllegalStateException("the filter has not started; the log tells why");
    }
    return started;
  }

  private SelfTest selfTest(RunningFilter running) {
    return new SelfTest(
        running.settings(), running.servers(), contextPath, asyncUnsupported.get(), metadataMapped);
  }

  /** Closes the connections to the authorization servers and ends all threads. */
  @Override
  public void destroy() {
    if (backgroundSelfTest != null) {
      backgroundSelfTest.stop();
      backgroundSelfTest = null;
    }
    listeners.stop();
    if (running != null) {
      running.close();
      running = null;
    }
  }

  /**
   * Passes an admitted request down the chain, with its caller attached. Responds to all other
   * requests itself.
   *
   * @throws ServletException if the request is not HTTP, or if the rest of the chain throws it
   */
  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest httpRequest
        && response instanceof HttpServletResponse httpResponse)) {
      throw new ServletException("McpAuthFilter supports only HTTP requests");
    }
    Admission admission = admit(httpRequest, httpResponse);
    if (admission == null) {
      return;
    }
    reportIfAsyncUnsupported(httpRequest);
    httpRequest.setAttribute(admittedAttribute, admission);
    httpRequest.setAttribute(AuthInfo.ATTRIBUTE, admission.info());
    ListVisibility lists = admission.call().lists();
    if (lists != null) {
      httpRequest.setAttribute(ListVisibility.ATTRIBUTE, lists);
    }
    HttpServletRequest complete = admission.withBody(httpRequest);
    HttpServletResponse wrapped = admission.wrap(httpRequest, httpResponse);
    admission
        .lifetime()
        .run(
            new AuthenticatedRequest(complete, wrapped, admission, this),
            wrapped,
            httpResponse,
            chain);
  }

  /** Called for each request, and when starting async fails: some containers know only then. */
  void reportIfAsyncUnsupported(HttpServletRequest request) {
    if (!request.isAsyncSupported()) {
      reportAsyncUnsupported();
    }
  }

  private void reportAsyncUnsupported() {
    if (asyncUnsupported.compareAndSet(false, true)) {
      log.error("async_off: set async-supported on every filter and on the servlet");
    }
  }

  /** Returns the caller, or null if the response has been written. */
  private @Nullable Admission admit(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (request instanceof AuthenticatedRequest again && again.isAdmittedBy(this)) {
      return again.admission(); // mapped twice, as some containers take it
    }
    // An ASYNC, FORWARD, INCLUDE or ERROR dispatch of a request that this instance has admitted.
    if (request.getDispatcherType() != DispatcherType.REQUEST
        && request.getAttribute(admittedAttribute) instanceof Admission admittedBefore) {
      return admittedBefore;
    }
    RunningFilter running = this.running;
    if (running == null) {
      FailedStart.respond(response);
      return null;
    }
    return running.endpoints().handle(request, response)
        ? null
        : running.admission().admit(request, response);
  }
}
