package dev.gatehouse.internal.jwt;

import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import dev.gatehouse.internal.discovery.DiscoverableEndpoint;
import dev.gatehouse.internal.discovery.ExchangeFailure;
import dev.gatehouse.internal.discovery.UnusableResponseException;
import dev.gatehouse.internal.http.BoundedHttpClient;
import dev.gatehouse.internal.http.Deadline;
import dev.gatehouse.internal.syntax.ServerUri;
import dev.gatehouse.internal.token.Attempt;
import dev.gatehouse.internal.token.Reason;
import dev.gatehouse.internal.token.VerificationResult.Unavailable;
import java.io.IOException;
import java.net.URI;
import java.util.Set;

/** Fetches the keys of one authorization server by HTTP. This class is thread-safe. */
final class KeyFetch implements KeySource {

  private final DiscoverableEndpoint endpoint;
  private final Set<SignatureAlgorithm> algorithms;
  private final BoundedHttpClient http;

  KeyFetch(
      DiscoverableEndpoint endpoint, Set<SignatureAlgorithm> algorithms, BoundedHttpClient http) {
    this.endpoint = endpoint;
    this.algorithms = algorithms;
    this.http = http;
  }

  /** Fetches the keys, within the time limit of one request. */
  @Override
  public Attempt<KeySet> fetch() {
    Deadline deadline = http.deadline();
    Attempt<URI> attempt = endpoint.resolve(deadline);
    if (!(attempt instanceof Attempt.Succeeded<URI> found)) {
      return ((Attempt.Failed<URI>) attempt).as();
    }
    URI uri = found.value();
    HTTPRequest request = new HTTPRequest(HTTPRequest.Method.GET, uri);
    request.setAccept("application/jwk-set+json, application/json"); // RFC 7517 §8.5.1
    try {
      return read(request.send(http.within(deadline)), uri);
    } catch (IOException e) {
      return new Attempt.Failed<>(ExchangeFailure.toResult(e, uri));
    } catch (UnusableResponseException e) {
      return Attempt.failed(Reason.AS_KEYS, ServerUri.withoutQuery(uri) + ": " + e.problem());
    }
  }

  /** The content type is not checked: real servers send many, and the body says what it is. */
  private Attempt<KeySet> read(HTTPResponse response, URI uri) throws UnusableResponseException {
    int status = response.getStatusCode();
    if (status == 200) {
      return new Attempt.Succeeded<>(KeySetReader.read(response.getBody(), algorithms));
    }
    if (status == 404) {
      endpoint.invalidate();
    }
    return new Attempt.Failed<>(
        new Unavailable(
            Reason.AS_KEYS,
            ServerUri.withoutQuery(uri) + ": response status " + status + http.via(uri),
            Unavailable.RETRY_AFTER,
            status >= 500)); // a proxy in front of a server that is down responds with 5xx
  }

  @Override
  public void forgetFailure() {
    endpoint.forgetFailure();
  }

  @Override
  public String toString() {
    return endpoint.toString();
  }
}
