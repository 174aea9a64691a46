package dev.gatehouse.bench;

import com.nimbusds.oauth2.sdk.http.HTTPRequestSender;
import dev.gatehouse.GatehouseSender;

/** The HTTP clients to compare. */
enum SenderKind {
  JDK("JDK `HttpClient`"),
  URL("`HttpURLConnection`"),
  OKHTTP("OkHttp"),
  APACHE("Apache HttpClient"),
  GATEHOUSE("Gatehouse");

  private final String title;

  SenderKind(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  HTTPRequestSender sender(int stubPort) {
    return switch (this) {
      case JDK -> new JdkSender();
      case URL -> new UrlConnectionSender();
      case OKHTTP -> new OkHttpSender();
      case APACHE -> new ApacheSender();
      case GATEHOUSE -> GatehouseSender.of(GatehouseSetup.settings(stubPort));
    };
  }
}
