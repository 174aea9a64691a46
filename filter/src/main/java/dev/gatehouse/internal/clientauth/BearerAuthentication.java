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
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Authentication by our own access token (RFC 7662 §2.1), which is issued for client credentials
 * (RFC 6749 §4.4). It is fetched once for all threads, and again before it expires and after a 401.
 */
public final class BearerAuthentication implements ClientAuthentication {

  /** The token in use. Does not print the token. */
  private record Held(AccessToken token, Instant renewAt) {
    @Override
    public String toString() {
      return "Held";
    }
  }

  /** A token is renewed this long before it expires, or after four fifths of a short lifetime. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private static final Duration FOREVER = Duration.ofDays(365);

  private final DiscoverableEndpoint tokenEndpoint;
  private final Reloadable<SecretAuthentication> authentication;
  private final @Nullable Scope scope;
  private final BoundedHttpClient http;
  private final InstantSource clock;
  private final SharedFetch<Held> shared;

  /**
   * Creates an authentication without a token.
   *
   * @param authentication at the token endpoint; a reloaded one is used for the next token
   * @param scope of the token request; null to leave the scope to the server
   * @param clock never set back
   */
  public BearerAuthentication(
      DiscoverableEndpoint tokenEndpoint,
      Reloadable<SecretAuthentication> authentication,
      @Nullable String scope,
      BoundedHttpClient http,
      InstantSource clock) {
    this.tokenEndpoint = tokenEndpoint;
    this.authentication = authentication;
    this.scope = scope == null ? null : Scope.parse(scope);
    this.http = http;
    this.clock = clock;
    this.shared = new SharedFetch<>(this::fetch, this::isUsable, clock);
  }

  @Override
  public Attempt<Authentication> authenticate(URI endpoint, Deadline deadline) {
    Attempt<Held> attempt = shared.get(deadline);
    return attempt instanceof Attempt.Succeeded<Held> held
        ? new Attempt.Succeeded<>(Authentication.ofBearer(held.value().token(), held.value()))
        : ((Attempt.Failed<Held>) attempt).as();
  }

  @Override
  public void forgetFailure() {
    tokenEndpoint.forgetFailure();
    shared.forgetFailure();
  }

  private boolean isUsable(Held held) {
    return clock.instant().isBefore(held.renewAt());
  }

  /** Drops the token only if it is the refused one: another thread may have renewed it. */
  @Override
  public boolean renewAfter(Authentication refused) {
    return shared.drop(held -> held == refused.source());
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

  private Attempt<Held> fetch(URI endpoint, SecretAuthentication client, Deadline deadline) {
    try {
      TokenRequest request =
          new TokenRequest(endpoint, client.client(), new ClientCredentialsGrant(), scope);
      return read(request.toHTTPRequest().send(http.within(deadline)), http.via(endpoint));
    } catch (IOException e) {
      return new Attempt.Failed<>(ExchangeFailure.toResult(e, endpoint));
    }
  }

  private Attempt<Held> read(HTTPResponse response, String via) {
    try {
      TokenResponse parsed = TokenResponse.parse(response);
      if (parsed.indicatesSuccess()) {
        AccessToken token = parsed.toSuccessResponse().getTokens().getAccessToken();
        if (!BearerToken.isValid(token.getValue())) {
          return failed(Reason.AS_ANSWER, "RFC 6750 §2.1 does not allow its characters");
        }
        Instant renewAt = clock.instant().plus(timeToRenewal(token.getLifetime()));
        return new Attempt.Succeeded<>(new Held(token, renewAt));
      }
      int status = response.getStatusCode();
      return failed( // RFC 6749 §5.2: 400 and 401 are about us, 5xx is about the server
          status < 500 ? Reason.AS_CREDENTIALS : Reason.AS_ANSWER,
          "the token endpoint responded with " + status + via);
    } catch (ParseException e) {
      return failed(Reason.AS_ANSWER, "the token endpoint sent an invalid response");
    }
  }

  /** RFC 6749 §5.1: the lifetime is optional; without it, the token is renewed after a 401. */
  private static Duration timeToRenewal(long lifetimeSeconds) {
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
