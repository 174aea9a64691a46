package dev.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;

/** The status page in a real browser, which runs its script. */
class StatusIT {

  @Test
  void thePageShowsRequestsAsTheyHappenAndReportsAnUnreachableDemo() throws Exception {
    try (RunningDemo demo = RunningDemo.start();
        Chromium browser = Chromium.desktop()) {
      browser.open(demo.issuer() + "/status");
      browser.waitForText("#connection", "Live");
      assertThat(statusWithoutToken(demo)).isEqualTo(401);

      browser.waitForText("#reasons", "no_credentials1");
      assertThat(browser.find("#refused").getText()).isEqualTo("1");
      assertThat(browser.find("#breakers").getText()).contains("closed");
      browser.waitFor(
          "a line", "document.querySelector('#requests path').getAttribute('d').includes('L')");
      browser.waitFor(
          "the text alternative",
          "document.querySelector('#requests svg').getAttribute('aria-label').includes('refused:"
              + " last')");
      browser.saveScreenshot("30-status");
      assertThat(browser.consoleWarnings()).isEmpty();

      demo.stop();
      browser.waitForText("#connection", "The demo has not responded since");
      browser.saveScreenshot("31-status-when-the-demo-is-gone");
    }
  }

  @Test
  void theKeyboardPausesAndMovesTheCursor() throws Exception {
    try (RunningDemo demo = RunningDemo.start();
        Chromium browser = Chromium.phone()) {
      browser.open(demo.issuer() + "/status");
      browser.waitForText("#connection", "Live");

      browser.press(Keys.TAB);
      browser.press(Keys.SPACE);
      assertThat(browser.find("#connection").getText()).isEqualTo("Paused");
      assertThat(browser.focused().getDomAttribute("aria-pressed")).isEqualTo("true");

      browser.press(Keys.TAB);
      browser.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT);
      assertThat(browser.focused().getDomAttribute("aria-valuetext"))
          .startsWith("2 s ago. Requests per second, admitted: ");
      assertThat(browser.run("return document.documentElement.scrollWidth <= innerWidth"))
          .isEqualTo(true);
      browser.saveScreenshot("32-status-on-a-phone");
    }
  }

  private static int statusWithoutToken(RunningDemo demo) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(demo.endpoint())).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.discarding()).statusCode();
  }
}
