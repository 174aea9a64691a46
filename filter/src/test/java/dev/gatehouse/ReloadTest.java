package dev.gatehouse;

import static dev.gatehouse.FakeAuthorizationServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import dev.gatehouse.FakeAuthorizationServer.Question;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Credentials in files that are rotated while requests come in. */
class ReloadTest {

  @RegisterExtension final LogWatch log = new LogWatch();

  private static final String OLD = Secrets.MARKER + "-old-secret-of-at-least-32-bytes";
  private static final String NEW = Secrets.MARKER + "-new-secret-of-at-least-32-bytes";
  private static final String NEWEST = Secrets.MARKER + "-newest-secret-of-at-least-32-bytes";

  @TempDir private Path directory;

  private GuardedServer guarded(Map<String, String> changed) throws Exception {
    Map<String, String> all = new TreeMap<>(changed);
    all.put("client-secret", "");
    all.put("connect-timeout", "1m");
    all.put("request-timeout", "1m");
    return new GuardedServer(all);
  }

  private GuardedServer guardedWithSecretFile(String method) throws Exception {
    write("secret", OLD);
    return guarded(Map.of("client-auth-method", method, "client-secret-file", path("secret")));
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(directory.resolve(name), content);
  }

  /** 401 says that the server was asked, and called the token inactive; 503 that it was not. */
  private static int status(GuardedServer guarded) throws IOException {
    return guarded.server.get("/mcp", "Authorization", "Bearer " + Secrets.token()).statusCode();
  }

  private static String basic(String secret) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString(("mcp-filter:" + secret).getBytes(StandardCharsets.US_ASCII));
  }

  private static String authorization(HttpExchange exchange) {
    return String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
  }

  private long used(String name) {
    return log.messages().stream()
        .filter(message -> message.equals("INFO " + name + " has changed and is in use"))
        .count();
  }

  /**
   * A load of tokens that nobody has seen before, while the server takes other and other secrets.
   */
  @Test
  void aRotationUnderLoadCostsNotOneRequest() throws Exception {
    Set<String> accepted = ConcurrentHashMap.newKeySet();
    Map<String, AtomicInteger> served = new ConcurrentHashMap<>();
    accepted.add(basic(OLD));
    try (GuardedServer guarded = guardedWithSecretFile("client_secret_basic");
        Load load = new Load(guarded)) {
      String active = guarded.activeAnswer("");
      guarded.as.introspection(
          exchange -> {
            boolean known;
            synchronized (accepted) {
              known = accepted.contains(authorization(exchange));
            }
            if (known) {
              served
                  .computeIfAbsent(authorization(exchange), any -> new AtomicInteger())
                  .incrementAndGet();
            }
            (known ? json(200, active) : json(401, "{\"error\":\"invalid_client\"}"))
                .answer(exchange);
          });
      load.start();
      load.until(() -> served.containsKey(basic(OLD)));

      // As it should be done: the server knows both for a while.
      accepted.add(basic(NEW));
      write("secret.tmp", NEW);
      Files.move(
          directory.resolve("secret.tmp"),
          directory.resolve("secret"),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      load.until(() -> served.containsKey(basic(NEW)));
      accepted.remove(basic(OLD));
      load.untilMore(200);

      // In haste: from one question to the next it knows the newest alone.
      synchronized (accepted) {
        write("secret", NEWEST);
        accepted.remove(basic(NEW));
        accepted.add(basic(NEWEST));
      }
      load.until(() -> served.containsKey(basic(NEWEST)));
      load.untilMore(200);

      assertThat(load.failures()).isEmpty();
    }
    assertThat(used("client-secret-file")).isEqualTo(2);
  }

  /** Threads that ask without a pause. */
  private static final class Load implements AutoCloseable {
    private static final int THREADS = 4;

    private final GuardedServer guarded;
    private final AtomicBoolean going = new AtomicBoolean(true);
    private final AtomicInteger answered = new AtomicInteger();
    private final Map<Integer, Integer> failures = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    private List<Future<Void>> running = List.of();

    Load(GuardedServer guarded) {
      this.guarded = guarded;
    }

    void start() {
      Callable<Void> asking =
          () -> {
            while (going.get()) {
              int status = status(guarded);
              if (status != 200) {
                failures.merge(status, 1, Integer::sum);
              }
              answered.incrementAndGet();
            }
            return null;
          };
      running = IntStream.range(0, THREADS).mapToObj(i -> threads.submit(asking)).toList();
    }

    void until(Callable<Boolean> condition) throws Exception {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!condition.call()) {
        assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
        assertThat(running).noneMatch(Future::isDone);
        Thread.onSpinWait();
      }
    }

    void untilMore(int count) throws Exception {
      int goal = answered.get() + count;
      until(() -> answered.get() >= goal);
    }

    Map<Integer, Integer> failures() throws Exception {
      going.set(false);
      for (Future<Void> each : running) {
        each.get(60, TimeUnit.SECONDS);
      }
      return failures;
    }

    @Override
    public void close() {
      going.set(false);
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "client_secret_basic, 401",
    "client_secret_post, 401",
    "client_secret_jwt, 401",
    "client_secret_basic, 400"
  })
  void aSecretThatIsRefusedIsReadAgainAtOnce(String method, int refusal) throws Exception {
    try (GuardedServer guarded = guardedWithSecretFile(method)) {
      onlyAccept(guarded, OLD, refusal);
      assertThat(status(guarded)).isEqualTo(401);

      write("secret", NEW);
      onlyAccept(guarded, NEW, refusal);
      assertThat(status(guarded)).isEqualTo(401);
      assertThat(guarded.as.introspections()).hasSize(3);
      assertThat(status(guarded)).isEqualTo(401);
      assertThat(guarded.as.introspections()).hasSize(4);
    }
    assertThat(used("client-secret-file")).isEqualTo(1);
  }

  private static void onlyAccept(GuardedServer guarded, String secret, int refusal) {
    guarded.as.introspection(
        exchange -> {
          List<Question> all = guarded.as.introspections();
          (shows(secret, all.get(all.size() - 1))
                  ? json(200, "{\"active\":false}")
                  : json(refusal, "{\"error\":\"invalid_client\"}"))
              .answer(exchange);
        });
  }

  private static boolean shows(String secret, Question question) {
    String assertion = question.parameter("client_assertion");
    if (assertion.isEmpty()) {
      return question.header("Authorization").equals(basic(secret))
          || question.parameter("client_secret").equals(secret);
    }
    try {
      return SignedJWT.parse(assertion).verify(new MACVerifier(secret));
    } catch (ParseException | JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aSecretThatHasNotChangedIsRefusedOnce() throws Exception {
    log.announce("reason=as_credentials");
    try (GuardedServer guarded = guardedWithSecretFile("client_secret_basic")) {
      onlyAccept(guarded, NEW, 401);

      assertThat(status(guarded)).isEqualTo(503);
      assertThat(guarded.as.introspections()).hasSize(1);
    }
  }

  @Test
  void aBadFileTakesNothingAwayAndIsUsedAsSoonAsItIsMended() throws Exception {
    log.announce("reason=as_credentials");
    log.announce("client-secret-file has changed and can't be used; what was read before stays");
    try (GuardedServer guarded = guardedWithSecretFile("client_secret_basic")) {
      onlyAccept(guarded, OLD, 401);
      write("secret", NEW + "\n" + NEW);
      assertThat(status(guarded)).isEqualTo(401);

      onlyAccept(guarded, NEW, 401);
      assertThat(status(guarded)).isEqualTo(503);
      assertThat(status(guarded)).isEqualTo(503);
      write("secret", NEW);
      assertThat(status(guarded)).isEqualTo(401);
    }
    assertThat(log.messages()).filteredOn(m -> m.contains("can't be used")).hasSize(1);
  }

  @Test
  void aPrivateKeyThatIsRefusedIsReadAgainAtOnce() throws Exception {
    ECKey oldKey = new ECKeyGenerator(Curve.P_256).keyID("1").generate();
    ECKey newKey = new ECKeyGenerator(Curve.P_256).keyID("2").generate();
    write("key", oldKey.toJSONString());
    try (GuardedServer guarded =
        guarded(Map.of("client-auth-method", "private_key_jwt", "private-key-file", path("key")))) {
      guarded.as.introspection(
          exchange -> {
            List<Question> all = guarded.as.introspections();
            (isSigned(newKey, all.get(all.size() - 1))
                    ? json(200, "{\"active\":false}")
                    : json(401, "{\"error\":\"invalid_client\"}"))
                .answer(exchange);
          });
      write("key", newKey.toJSONString());

      assertThat(status(guarded)).isEqualTo(401);
      assertThat(guarded.as.introspections()).hasSize(2);
    }
    assertThat(used("private-key-file")).isEqualTo(1);
  }

  private static boolean isSigned(ECKey key, Question question) {
    try {
      SignedJWT assertion = SignedJWT.parse(question.parameter("client_assertion"));
      return assertion.verify(new ECDSAVerifier(key.toECPublicKey()))
          && key.getKeyID().equals(assertion.getHeader().getKeyID());
    } catch (ParseException | JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  /** RFC 6749 §4.4: the token that we hold goes on; the secret is for the next one. */
  @Test
  void aTokenOfOursGoesOnAndTheNextOneIsGotWithTheNewSecret() throws Exception {
    AtomicInteger issued = new AtomicInteger();
    write("secret", OLD);
    try (GuardedServer guarded =
        guarded(
            Map.of(
                "client-auth-method", "bearer",
                "client-secret-file", path("secret"),
                "token-endpoint", "{issuer}/token"))) {
      issueTokensTo(guarded, OLD, issued);
      guarded.as.introspection(json(200, "{\"active\":false}"));
      assertThat(status(guarded)).isEqualTo(401);

      write("secret", NEW);
      issueTokensTo(guarded, NEW, issued);
      assertThat(status(guarded)).isEqualTo(401);
      assertThat(issued).hasValue(1);

      guarded.as.introspection(
          exchange ->
              (authorization(exchange).endsWith("-own-1")
                      ? json(401, "{}")
                      : json(200, "{\"active\":false}"))
                  .answer(exchange));
      assertThat(status(guarded)).isEqualTo(401);
      assertThat(issued).hasValue(2);
    }
    assertThat(used("client-secret-file")).isEqualTo(1);
  }

  private static void issueTokensTo(GuardedServer guarded, String secret, AtomicInteger issued) {
    guarded.as.at(
        "/token",
        exchange ->
            (authorization(exchange).equals(basic(secret))
                    ? json(
                        200,
                        "{\"access_token\":\"%s-own-%d\",\"token_type\":\"Bearer\"}"
                            .formatted(Secrets.MARKER, issued.incrementAndGet()))
                    : json(401, "{\"error\":\"invalid_client\"}"))
                .answer(exchange));
  }
}
