package dev.gatehouse.demo;

import io.modelcontextprotocol.client.transport.HttpRequestSnapshot;
import io.modelcontextprotocol.client.transport.customizer.McpHttpClientTransportAuthorizationErrorHandler;
import io.modelcontextprotocol.common.McpTransportContext;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.ResponseInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A person with a browser and an MCP client that does what challenges say: it requests exactly the
 * scopes and the login that they name, and repeats the call with the new token.
 */
final class Person implements McpHttpClientTransportAuthorizationErrorHandler.Sync {

  /** What challenges say about an authorization request (RFC 6750 §3, RFC 9470 §3). */
  private static final List<String> REQUESTED = List.of("scope", "max_age", "acr_values");

  private final String name;
  private final PublicClient application;
  private final Browser browser = new Browser();
  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final HttpRequest.Builder requests = HttpRequest.newBuilder();

  Person(String name, RunningDemo demo) {
    this.name = name;
    this.application = PublicClient.register(demo.origin(), demo.endpoint());
  }

  /** The pages that this person has seen since the last call of this method. */
  List<String> seen() {
    List<String> pages = new ArrayList<>(seen);
    seen.clear();
    return pages;
  }

  /** What the requests of the client have in common: the newest token. */
  HttpRequest.Builder requests() {
    return requests;
  }

  @Override
  public boolean handle(
      HttpRequestSnapshot request, ResponseInfo response, McpTransportContext context) {
    Map<String, String> parameters = new TreeMap<>(Refusal.of(response).parameters());
    parameters.keySet().retainAll(REQUESTED);
    HttpResponse<String> page = browser.open(application.authorization(parameters));
    if (page.body().contains("name=\"password\"")) {
      seen.add("login");
      page = browser.logIn(page, name, name + "-secret");
    }
    seen.add("consent to " + parameters.get("scope"));
    String token = application.redeem(browser, page).access();
    requests.setHeader("Authorization", "Bearer " + token);
    return true;
  }
}
