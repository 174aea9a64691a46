package dev.gatehouse.testing;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static dev.gatehouse.testing.FakeAuthorizationServer.response;

import com.sun.net.httpserver.HttpExchange;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import java.util.concurrent.CountDownLatch;

/** Wrong behaviours of an endpoint over HTTP; for those of its socket, see {@link Faults}. */
public final class BadResponses {

  private BadResponses() {}

  /** The behaviour with this name in a table of cases; a number is a response with that status. */
  public static Behaviour named(String name) {
    return switch (name) {
      case "cuts off" -> HttpExchange::close;
      case "hangs" -> BadResponses::hang;
      case "log-in page" -> response(200, "text/html", "<html>");
      case "nonsense" -> json(200, "{\"active\":1}");
      case "empty" -> json(200, "");
      default -> json(Integer.parseInt(name), "{}");
    };
  }

  /** Sends no response until the server is closed. */
  public static void hang(HttpExchange exchange) {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
