package dev.gatehouse;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import dev.gatehouse.internal.http.BoundedHttpClient;

/** The filter's own way to send, which nobody but it and its benchmarks needs to see. */
public final class GatehouseSender {

  private GatehouseSender() {}

  /**
   * Makes one.
   *
   * @param settings with the limits to keep to
   * @return a sender that gives each exchange the whole request-timeout
   */
  public static HTTPRequestSender of(Settings settings) {
    BoundedHttpClient http = new BoundedHttpClient(settings.http());
    return request -> http.within(http.deadline()).send(request);
  }
}
