package dev.gatehouse;

import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import java.net.URI;

/**
 * How this resource server proves who it is when it introspects (RFC 7662 §2.1). Implementations
 * are safe for use by many threads and print nothing of what they hold.
 */
interface ClientCredentials {

  /** A request that is ready to be sent, or why there is none. */
  sealed interface Prepared {

    /**
     * Ready.
     *
     * @param with what it was made with, by which to tell whether that has been replaced since
     */
    record Ready(TokenIntrospectionRequest request, Object with) implements Prepared {}

    /** Our own credentials can't be had at the moment. */
    record NotNow(Verdict.Unavailable verdict) implements Prepared {}
  }

  /** Makes credentials that may need to talk to their authorization server first. */
  @FunctionalInterface
  interface Factory {
    ClientCredentials create(Endpoint tokenEndpoint, BoundedHttpClient http);
  }

  /** Makes the request that asks about one token; what it takes has to be there by then. */
  Prepared prepare(URI endpoint, BearerToken asked, Deadline deadline);

  /**
   * Takes note that the server has refused the credentials of a request.
   *
   * @return whether asking again, with new ones, may help
   */
  default boolean renewAfter(Prepared.Ready refused) {
    return false;
  }
}
