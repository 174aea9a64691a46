package dev.gatehouse;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.gatehouse.Decision.Admitted;
import dev.gatehouse.Decision.Refused;
import dev.gatehouse.internal.introspection.Introspector;
import dev.gatehouse.internal.observe.JmxBean;
import dev.gatehouse.internal.refusal.RefusalLog;
import dev.gatehouse.internal.servlet.EventStreamResponse;
import dev.gatehouse.internal.servlet.IncomingRequest;
import dev.gatehouse.internal.servlet.MappingCheck;
import dev.gatehouse.internal.servlet.OriginCheck;
import dev.gatehouse.internal.servlet.OriginPolicy;
import dev.gatehouse.internal.token.Refusal;
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
 * Lets only requests with a good access token through to an MCP server (MCP authorization; RFC
 * 6750, RFC 7662, RFC 9728), and serves the metadata by which clients learn where to get one.
 *
 * <p>Whatever reaches the filter and is not exactly the metadata document is protected. Map it by
 * servlet name: the MCP Java SDK's servlet serves every address that <em>ends</em> in its endpoint,
 * so a filter mapped by path can be walked around. {@link #register} does it in one line.
 *
 * <p>Safe for use by many threads. On a miss it waits for the authorization server on the
 * container's thread, within the time limits of its settings.
 */
public final class McpAuthFilter implements Filter {

  private static final Logger log = LoggerFactory.getLogger(McpAuthFilter.class);
  private static final AtomicLong INSTANCES = new AtomicLong();

  private final long number = INSTANCES.incrementAndGet();
  private final InstantSource clock;
  private final Ticker ticker;

  /** Request attribute by which this very instance knows what it has let through. */
  private final String admissionMark = McpAuthFilter.class.getName() + '#' + number;

  private @Nullable Settings settings;
  private @Nullable RunningFilter running;
  private @Nullable Thread selfTestThread;
  private String contextPath = "";
  private String filterName = "";

  /** Whether a request has come on which an event stream can't be opened. */
  private final AtomicBoolean asyncMissing = new AtomicBoolean();

  private final LifecycleListeners attachments = new LifecycleListeners();

  /**
   * For {@code web.xml}: takes its settings from the filter's init-params and from the environment,
   * which wins, so that a secret need not stand in the file.
   */
  public McpAuthFilter() {
    this(Clock.systemUTC(), Ticker.systemTicker());
  }

  /**
   * Makes a filter with these settings; init-params and environment are not looked at.
   *
   * @param settings from {@link Settings#builder()}
   */
  public McpAuthFilter(Settings settings) {
    this();
    this.settings = settings;
  }

  /** With a clock that tests turn by hand, and by which the cache goes, too. */
  McpAuthFilter(Settings settings, InstantSource clock) {
    this(settings, clock, () -> TimeUnit.MILLISECONDS.toNanos(clock.millis()));
  }

  /** With a clock that may be set, and a ticker that only goes on. */
  McpAuthFilter(Settings settings, InstantSource clock, Ticker ticker) {
    this(clock, ticker);
    this.settings = settings;
  }

  private McpAuthFilter(InstantSource clock, Ticker ticker) {
    this.clock = clock;
    this.ticker = ticker;
    attachments.add(seen -> JmxBean.register(seen.readings(), filterName, contextPath, number));
  }

  /**
   * Puts a filter in front of a servlet: mapped by its name, for all dispatcher types, async on,
   * and to the paths of the metadata. Call it before the context has started, for example from a
   * {@code ServletContainerInitializer} or {@code ServletContextListener}.
   *
   * @param context of the application
   * @param servletName under which the MCP servlet is registered there
   * @param settings from {@link Settings#builder()}
   * @return the filter, for its {@link #selfTest()}
   * @throws IllegalStateException if the context has started already
   */
  public static McpAuthFilter register(
      ServletContext context, String servletName, Settings settings) {
    return new FilterRegistrar(context).register(servletName, settings);
  }

  /**
   * Checks settings and mappings.
   *
   * @throws UnavailableException naming every wrong setting, or the mapping by which the filter
   *     could be walked around
   */
  @Override
  public void init(FilterConfig config) throws ServletException {
    try {
      if (settings == null) {
        settings = Settings.builder().initParameters(config).environment(System.getenv()).build();
      }
      MappingCheck.of(config, settings.evictionPath).throwIfBypassable();
    } catch (IllegalArgumentException e) {
      throw new UnavailableException(e.getMessage());
    }
    contextPath = config.getServletContext().getContextPath();
    running = RunningFilter.of(settings, contextPath, clock, ticker);
    filterName = config.getFilterName();
    attachments.start(running.toWatch());
    log.info("{} guards {}", config.getFilterName(), settings.resource);
    if (settings.selfTest) {
      startSelfTest(selfTest(running));
    }
  }

  /** Beside the start, which must not wait for an authorization server that is down. */
  private void startSelfTest(SelfTest selfTest) {
    Thread thread = new Thread(() -> log(selfTest.run()), "gatehouse-self-test");
    thread.setDaemon(true);
    thread.start();
    selfTestThread = thread;
  }

  private static void log(SelfTestReport report) {
    if (Thread.currentThread().isInterrupted()) {
      return; // the application is going: what was found says nothing
    }
    if (report.passed()) {
      log.info("{}", report);
    } else {
      log.error("{}", report);
    }
  }

  /**
   * Looks whether all is set up as it should be: asks each authorization server about a token that
   * is nobody's and, where it can get one, about one of our own. Takes as long as that takes,
   * within the time limits of the settings.
   *
   * @return what was found; the same is logged at start-up
   * @throws IllegalStateException before the container has called {@link #init}
   */
  public SelfTestReport selfTest() {
    return selfTest(started()).run();
  }

  /**
   * What is remembered of the authorization servers' answers, for example to forget what has been
   * revoked.
   *
   * @return the cache of this filter
   * @throws IllegalStateException before the container has called {@link #init}
   */
  public TokenCache cache() {
    return new TokenCache(started().cache());
  }

  /**
   * Whether the authorization servers respond, for the container's health page. Returns at once
   * what the latest introspection requests have shown. If a server has had no request for ten
   * seconds, or was not up, it is probed with a random token in the background, at most once a
   * second, so that the next call knows.
   *
   * @return what is known now
   * @throws IllegalStateException before the container has called {@link #init}
   */
  public Health health() {
    List<Introspector> servers = started().servers();
    Health known = Health.of(servers);
    servers.forEach(server -> server.availability().probeIfOutdated());
    return known;
  }

  /**
   * Has the filter watched from its start on, or from now on if it has started.
   *
   * @param attachment returns what takes it off again
   */
  void attach(Function<LifecycleListeners.Started, Runnable> attachment) {
    attachments.add(attachment);
  }

  private RunningFilter started() {
    RunningFilter started = running;
    if (started == null) {
      throw new IllegalStateException("the container has not called init");
    }
    return started;
  }

  private SelfTest selfTest(RunningFilter running) {
    return new SelfTest(running.settings(), running.servers(), contextPath, asyncMissing.get());
  }

  /** Closes the connections to the authorization servers and ends all threads. */
  @Override
  public void destroy() {
    if (selfTestThread != null) {
      selfTestThread.interrupt();
    }
    attachments.stop();
    if (running != null) {
      running.close();
      running = null;
    }
  }

  /**
   * Lets a request through with its caller attached, or answers it.
   *
   * @throws ServletException if it is not HTTP, or from further down the chain
   */
  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest httpRequest
        && response instanceof HttpServletResponse httpResponse)) {
      throw new ServletException("McpAuthFilter takes HTTP requests alone");
    }
    AuthInfo info = admit(httpRequest, httpResponse);
    if (info == null) {
      return;
    }
    if (!httpRequest.isAsyncSupported() && asyncMissing.compareAndSet(false, true)) {
      log.error("async_off: set async-supported on every filter and on the servlet");
    }
    httpRequest.setAttribute(admissionMark, info);
    httpRequest.setAttribute(AuthInfo.ATTRIBUTE, info);
    chain.doFilter(
        new AuthenticatedRequest(httpRequest, info),
        httpRequest.getMethod().equals("GET")
            ? new EventStreamResponse(httpResponse)
            : httpResponse);
  }

  /** The caller, or null when the request has been answered here. */
  private @Nullable AuthInfo admit(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    // An ASYNC, FORWARD, INCLUDE or ERROR dispatch of a request that this instance has let through.
    if (request.getAttribute(admissionMark) instanceof AuthInfo admittedBefore) {
      return admittedBefore;
    }
    RunningFilter running = started();
    if (request.getDispatcherType() != DispatcherType.INCLUDE
        && (running.wellKnown().handle(request, response)
            || (running.evictions() != null && running.evictions().handle(request, response)))) {
      return null;
    }
    IncomingRequest incoming = new IncomingRequest(request, running.origins(), running.peers());
    if (incoming.origin() == OriginCheck.ALLOWED) {
      running.origins().expose(request, response);
      if (OriginPolicy.isPreflight(request)) {
        running.origins().writePreflight(request, response);
        return null;
      }
    }
    Decision decision = running.authorizer().decide(incoming);
    if (decision instanceof Admitted admitted) {
      running.requests().admit();
      if (running.audit().writesAdmitted()) {
        AuthInfo info = admitted.info();
        running
            .audit()
            .admitted(info.clientId().orElse(null), info.userId().orElse(null), incoming);
      }
      return admitted.info();
    }
    Refusal refusal = ((Refused) decision).refusal();
    running.requests().refuse(refusal.reason());
    RefusalLog.write(refusal, incoming);
    running.audit().refused(refusal, incoming);
    running.refusals().write(refusal, response);
    return null;
  }
}
