package dev.gatehouse;

import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A bearer token of our own as credentials (RFC 7662 §2.1), got by client credentials (RFC 6749
 * §4.4): fetched once for all threads, renewed before it ends and after a 401.
 */
final class OwnAccessToken implements ClientCredentials {

  /** What asking for it has yielded. */
  private sealed interface Outcome {}

  /** Leaves the token out of what it prints. */
  private record Held(AccessToken token, long renewAtNanos) implements Outcome {
    @Override
    public String toString() {
      return "Held";
    }
  }

  private record Denied(Verdict.Unavailable verdict) implements Outcome {}

  /** So long before its end a token is renewed, if it lives much longer than that. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  private static final Duration FOREVER = Duration.ofDays(365);

  private final Endpoint tokenEndpoint;
  private final Renewable<ClientAuthentication> authentication;
  private final @Nullable Scope scope;
  private final BoundedHttpClient http;
  private final Shared<Outcome> shared =
      new Shared<>(
          this::fetch,
          outcome -> outcome instanceof Held held && held.renewAtNanos() - System.nanoTime() > 0);

  /**
   * Makes one.
   *
   * @param authentication a new one is used for the next token; the one held goes on
   * @param scope what to ask for; absent to leave it to the server
   */
  OwnAccessToken(
      Endpoint tokenEndpoint,
      Renewable<ClientAuthentication> authentication,
      @Nullable String scope,
      BoundedHttpClient http) {
    this.tokenEndpoint = tokenEndpoint;
    this.authentication = authentication;
    this.scope = scope == null ? null : Scope.parse(scope);
    this.http = http;
  }

  @Override
  public Prepared prepare(URI endpoint, BearerToken asked, Deadline deadline) {
    Outcome outcome = shared.get(deadline);
    if (outcome instanceof Held held) {
      return new Prepared.Ready(
          new TokenIntrospectionRequest(
              endpoint, held.token(), new BearerAccessToken(asked.value())),
          held);
    }
    return new Prepared.NotNow(((Denied) outcome).verdict());
  }

  /** Only if it is still the refused one that we hold: another thread may have been quicker. */
  @Override
  public boolean renewAfter(Prepared.Ready refused) {
    shared.drop(outcome -> outcome == refused.with());
    return true;
  }

  private Outcome fetch(Deadline deadline) {
    Endpoint.Outcome found = tokenEndpoint.find(deadline);
    if (!(found instanceof Endpoint.Found endpoint)) {
      return new Denied(((Endpoint.Missing) found).verdict());
    }
    ClientAuthentication used = authentication.get();
    Outcome outcome = fetch(endpoint.uri(), used, deadline);
    return outcome instanceof Denied denied
            && denied.verdict().reason() == Reason.AS_CREDENTIALS
            && authentication.isReplaced(used)
        ? fetch(endpoint.uri(), authentication.get(), deadline)
        : outcome;
  }

  private Outcome fetch(URI endpoint, ClientAuthentication with, Deadline deadline) {
    try {
      TokenRequest request = new TokenRequest(endpoint, with, new ClientCredentialsGrant(), scope);
      return read(request.toHTTPRequest().send(http.within(deadline)));
    } catch (IOException e) {
      return new Denied(ExchangeFailure.toResult(e, endpoint));
    }
  }

  private static Outcome read(HTTPResponse response) {
    try {
      TokenResponse parsed = TokenResponse.parse(response);
      if (parsed.indicatesSuccess()) {
        AccessToken token = parsed.toSuccessResponse().getTokens().getAccessToken();
        if (!BearerToken.isOne(token.getValue())) {
          return denied(Reason.AS_ANSWER, "it is none that RFC 6750 §2.1 allows in a header");
        }
        return new Held(token, System.nanoTime() + usable(token.getLifetime()).toNanos());
      }
      int status = response.getStatusCode();
      return denied( // RFC 6749 §5.2: 400 and 401 are about us, 5xx is about the server
          status < 500 ? Reason.AS_CREDENTIALS : Reason.AS_ANSWER,
          "the token endpoint answered " + status);
    } catch (ParseException e) {
      return denied(Reason.AS_ANSWER, "the token endpoint answered what is no token answer");
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

  private static Denied denied(Reason reason, String detail) {
    return new Denied(Verdict.Unavailable.because(reason, "our own token: " + detail));
  }
}
