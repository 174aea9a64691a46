package dev.gatehouse.internal.clientauth;

import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import dev.gatehouse.internal.discovery.DiscoverableEndpoint;
import dev.gatehouse.internal.discovery.ExchangeFailure;
import dev.gatehouse.internal.discovery.SharedFetch;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.reload.Reloadable;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.BearerToken;
import dev.gatehouse.internal.token.Reason;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A bearer token of our own as credentials (RFC 7662 §2.1), got by client credentials (RFC 6749
 * §4.4): fetched once for all threads, renewed before it ends and after a 401.
 */
public final class BearerAuthentication implements ClientAuthentication {

  /** The token in use. Does not print it. */
  private record Held(AccessToken token, long renewAtNanos) {
    @Override
    public String toString() {
      return "Held";
    }
  }

  /** So long before its end a token is renewed, if it lives much longer than that. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private static final Duration FOREVER = Duration.ofDays(365);

  private final DiscoverableEndpoint tokenEndpoint;
  private final Reloadable<SecretAuthentication> authentication;
  private final @Nullable Scope scope;
  private final BoundedHttpClient http;
  private final SharedFetch<Attempt<Held>> shared =
      new SharedFetch<>(this::fetch, BearerAuthentication::isUsable);

  /**
   * Makes one.
   *
   * @param authentication a new one is used for the next token; the one held goes on
   * @param scope what to ask for; absent to leave it to the server
   */
  public BearerAuthentication(
      DiscoverableEndpoint tokenEndpoint,
      Reloadable<SecretAuthentication> authentication,
      @Nullable String scope,
      BoundedHttpClient http) {
    this.tokenEndpoint = tokenEndpoint;
    this.authentication = authentication;
    this.scope = scope == null ? null : Scope.parse(scope);
    this.http = http;
  }

  @Override
  public Attempt<Authentication> authenticate(URI endpoint, Deadline deadline) {
    Attempt<Held> attempt = shared.get(deadline);
    return attempt instanceof Attempt.Succeeded<Held> held
        ? new Attempt.Succeeded<>(Authentication.ofBearer(held.value().token(), held.value()))
        : ((Attempt.Failed<Held>) attempt).as();
  }

  private static boolean isUsable(Attempt<Held> attempt) {
    return attempt instanceof Attempt.Succeeded<Held> held
        && held.value().renewAtNanos() - System.nanoTime() > 0;
  }

  /** Only if it is still the refused one that we hold: another thread may have been quicker. */
  @Override
  public boolean renewAfter(Authentication refused) {
    shared.drop(
        attempt ->
            attempt instanceof Attempt.Succeeded<Held> held && held.value() == refused.source());
    return true;
  }

  private Attempt<Held> fetch(Deadline deadline) {
    Attempt<URI> endpoint = tokenEndpoint.resolve(deadline);
    if (!(endpoint instanceof Attempt.Succeeded<URI> found)) {
      return ((Attempt.Failed<URI>) endpoint).as();
    }
    SecretAuthentication used = authentication.get();
    Attempt<Held> attempt = fetch(found.value(), used, deadline);
    return attempt instanceof Attempt.Failed<Held> failed
            && failed.cause().reason() == Reason.AS_CREDENTIALS
            && authentication.hasChangedSince(used)
        ? fetch(found.value(), authentication.get(), deadline)
        : attempt;
  }

  private Attempt<Held> fetch(URI endpoint, SecretAuthentication with, Deadline deadline) {
    try {
      TokenRequest request =
          new TokenRequest(endpoint, with.client(), new ClientCredentialsGrant(), scope);
      return read(request.toHTTPRequest().send(http.within(deadline)));
    } catch (IOException e) {
      return new Attempt.Failed<>(ExchangeFailure.toResult(e, endpoint));
    }
  }

  private static Attempt<Held> read(HTTPResponse response) {
    try {
      TokenResponse parsed = TokenResponse.parse(response);
      if (parsed.indicatesSuccess()) {
        AccessToken token = parsed.toSuccessResponse().getTokens().getAccessToken();
        if (!BearerToken.isOne(token.getValue())) {
          return failed(Reason.AS_ANSWER, "it is none that RFC 6750 §2.1 allows in a header");
        }
        long renewAtNanos = System.nanoTime() + usable(token.getLifetime()).toNanos();
        return new Attempt.Succeeded<>(new Held(token, renewAtNanos));
      }
      int status = response.getStatusCode();
      return failed( // RFC 6749 §5.2: 400 and 401 are about us, 5xx is about the server
          status < 500 ? Reason.AS_CREDENTIALS : Reason.AS_ANSWER,
          "the token endpoint answered " + status);
    } catch (ParseException e) {
      return failed(Reason.AS_ANSWER, "the token endpoint answered what is no token answer");
    }
  }

  /** RFC 6749 §5.1: the lifetime is only recommended; without it, a 401 will tell. */
  private static Duration usable(long lifetimeSeconds) {
    if (lifetimeSeconds <= 0) {
      return FOREVER;
    }
    Duration lifetime = Duration.ofSeconds(Math.min(lifetimeSeconds, FOREVER.toSeconds()));
    Duration fifth = lifetime.dividedBy(5);
    return lifetime.minus(fifth.compareTo(MARGIN) < 0 ? fifth : MARGIN);
  }

  private static Attempt<Held> failed(Reason reason, String detail) {
    return Attempt.failed(reason, "our own access token: " + detail);
  }
}
