package dev.gatehouse.testing;

import static dev.gatehouse.testing.FakeAuthorizationServer.json;
import static dev.gatehouse.testing.FakeAuthorizationServer.response;

import com.sun.net.httpserver.HttpExchange;
import dev.gatehouse.testing.FakeAuthorizationServer.Behaviour;
import java.util.concurrent.CountDownLatch;

/** What an endpoint can do wrong over HTTP; at the socket below it: {@link Faults}. */
public final class BadResponses {

  private BadResponses() {}

  /** By a word that a table of cases can hold; a number is that status. */
  public static Behaviour named(String how) {
    return switch (how) {
      case "cuts off" -> HttpExchange::close;
      case "hangs" -> BadResponses::hang;
      case "log-in page" -> response(200, "text/html", "<html>");
      case "nonsense" -> json(200, "{\"active\":1}");
      case "empty" -> json(200, "");
      default -> json(Integer.parseInt(how), "{}");
    };
  }

  /** Says nothing until its server is closed. */
  public static void hang(HttpExchange exchange) {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
