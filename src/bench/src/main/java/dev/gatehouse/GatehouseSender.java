package dev.gatehouse;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import dev.gatehouse.internal.http.BoundedHttpClient;

/** Gives the benchmarks access to the HTTP client of the filter, which is not public. */
public final class GatehouseSender {

  private GatehouseSender() {}

  /**
   * Creates a sender that uses the HTTP client of the filter.
   *
   * @param settings the settings, with the limits of the client
   * @return a sender that allows each exchange the whole request-timeout
   */
  public static HTTPRequestSender of(Settings settings) {
    BoundedHttpClient http = new BoundedHttpClient(settings.http());
    return request -> http.within(http.deadline()).send(request);
  }
}
