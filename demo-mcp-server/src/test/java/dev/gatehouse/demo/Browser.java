package dev.gatehouse.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A minimal browser that stores cookies and submits the forms of pages. */
final class Browser {

  private static final Pattern ACTION =
      Pattern.compile("<form method=\"post\" action=\"([^\"]+)\"");
  private static final Pattern HIDDEN =
      Pattern.compile("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\">");
  private static final Pattern TICKED =
      Pattern.compile("<input type=\"checkbox\" name=\"([^\"]+)\" value=\"([^\"]*)\" checked>");

  private final HttpClient http =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

  HttpResponse<String> open(URI uri) {
    return send(HttpRequest.newBuilder(uri));
  }

  /** Submits the login page and follows the redirect. */
  HttpResponse<String> logIn(HttpResponse<String> page, String username, String password) {
    assertThat(page.body()).contains("name=\"password\"");
    return open(location(submit(page, Map.of("username", username, "password", password))));
  }

  /** Approves on the consent page and returns the parameters of the authorization response. */
  Map<String, String> approve(HttpResponse<String> page) {
    assertThat(page.body()).contains("value=\"approve\"");
    return parameters(location(submit(page, Map.of("decision", "approve"))));
  }

  private HttpResponse<String> submit(HttpResponse<String> page, Map<String, String> typed) {
    Matcher action = ACTION.matcher(page.body());
    assertThat(action.find()).as(page.body()).isTrue();
    Map<String, String> fields = new LinkedHashMap<>();
    for (Pattern field : new Pattern[] {HIDDEN, TICKED}) {
      Matcher found = field.matcher(page.body());
      while (found.find()) {
        fields.put(found.group(1), unescaped(found.group(2)));
      }
    }
    fields.putAll(typed);
    return send(
        HttpRequest.newBuilder(URI.create(unescaped(action.group(1))))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(form(fields))));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static URI location(HttpResponse<String> redirect) {
    assertThat(redirect.statusCode()).as(redirect.body()).isEqualTo(303);
    return URI.create(redirect.headers().firstValue("Location").orElseThrow());
  }

  static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(
            field ->
                URLEncoder.encode(field.getKey(), UTF_8)
                    + "="
                    + URLEncoder.encode(field.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }

  private static Map<String, String> parameters(URI uri) {
    Function<String, String> decoded = part -> URLDecoder.decode(part, UTF_8);
    return Arrays.stream(requireNonNull(uri.getRawQuery()).split("&"))
        .map(parameter -> parameter.split("=", 2))
        .collect(Collectors.toMap(pair -> decoded.apply(pair[0]), pair -> decoded.apply(pair[1])));
  }

  private static String unescaped(String attribute) {
    return attribute.replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
  }
}
