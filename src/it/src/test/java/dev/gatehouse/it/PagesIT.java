package dev.gatehouse.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** The pages of the authorization server in a real browser. */
@SuppressWarnings("NullAway.Init")
class PagesIT {
  private static final String BOTH = "notes:read notes:write";
  private static final String WRITE = "input[name='scope:notes:write']";
  private static final String LOG_IN = "button.main";
  private static final String ALLOW = "button[value=approve]";
  private static final String DENY = "button[value=deny]";

  private static RunningDemo demo;
  private Application application;

  @BeforeAll
  static void startTheDemo() throws IOException {
    demo = RunningDemo.start();
  }

  @AfterAll
  static void stopTheDemo() throws IOException {
    demo.close();
  }

  @BeforeEach
  void registerTheApplication() throws IOException {
    application = new Application(demo, "Notebook reader");
  }

  @AfterEach
  void stopTheApplication() {
    application.close();
  }

  @Test
  void aScopeThatTheUserDeselectsIsNotInTheToken() throws Exception {
    try (Chromium browser = Chromium.desktop()) {
      browser.open(application.authorizationUrl(BOTH));
      assertThat(browser.title()).isEqualTo("Log in");
      browser.saveScreenshot("01-log-in");
      logIn(browser, "alice", "alice-secret");

      assertThat(browser.title()).isEqualTo("Notebook reader requests access");
      assertThat(browser.text())
          .contains("127.0.0.1", demo.endpoint(), "read your notes", "alice")
          .contains("write and delete notes for you", "has not been verified");
      browser.saveScreenshot("02-consent");
      browser.find(WRITE).click();
      browser.saveScreenshot("03-consent-with-a-scope-unticked");
      browser.awaitNavigation(browser.find(ALLOW)::click);
      browser.saveScreenshot("04-back-at-the-application");

      Map<String, String> response = application.awaitResponse();
      assertThat(response)
          .containsOnlyKeys("code", "state", "iss")
          .containsEntry("state", Application.STATE)
          .containsEntry("iss", demo.issuer());
      var token = application.introspectTokenFor(response.getOrDefault("code", ""));
      assertThat(token.get("active").asBoolean()).isTrue();
      assertThat(token.get("scope").asText()).isEqualTo("notes:read");
      assertThat(token.get("sub").asText()).isEqualTo("alice");
      assertThat(browser.consoleWarnings()).isEmpty();
    }
  }

  @Test
  void aUserWhoDeniesSendsTheApplicationAnError() throws Exception {
    try (Chromium browser = Chromium.desktop()) {
      browser.open(application.authorizationUrl(BOTH));
      logIn(browser, "bob", "bob-secret");

      browser.awaitNavigation(browser.find(DENY)::click);

      assertThat(application.awaitResponse())
          .containsOnly(
              Map.entry("error", "access_denied"),
              Map.entry("state", Application.STATE),
              Map.entry("iss", demo.issuer()));
      assertThat(browser.consoleWarnings()).isEmpty();
    }
  }

  @Test
  void aWrongPasswordIsReportedAndThePasswordFieldHasTheFocus() throws Exception {
    try (Chromium browser = Chromium.desktop()) {
      browser.open(application.authorizationUrl(BOTH));
      logIn(browser, "alice", "a wrong one");

      assertThat(browser.find("[role=alert]").getText()).contains("is wrong");
      browser.saveScreenshot("05-wrong-password");
      assertThat(browser.find("#username").getAttribute("value")).isEqualTo("alice");
      assertThat(browser.find("#password").getAttribute("value")).isEmpty();
      assertThat(browser.focused()).isEqualTo(browser.find("#password"));
      // Chromium logs every status from 400 on.
      assertThat(browser.consoleWarnings()).allMatch(warning -> warning.contains("status of 403"));

      browser.open(application.authorizationUrl(BOTH));
      assertThat(browser.title()).as("no user is logged in").isEqualTo("Log in");
      assertThat(application.hasResponse()).isFalse();

      logIn(browser, "alice", "wrong again");
      browser.awaitNavigation(() -> browser.press("alice-secret", Keys.ENTER));
      assertThat(browser.title()).isEqualTo("Notebook reader requests access");
    }
  }

  @Test
  void thePagesCanBeUsedWithTheKeyboardOnly() throws Exception {
    try (Chromium browser = Chromium.desktop()) {
      browser.open(application.authorizationUrl(BOTH));
      browser.press("alice", Keys.TAB);
      browser.awaitNavigation(() -> browser.press("alice-secret", Keys.ENTER));

      tabTo(browser, browser.find(WRITE));
      assertThat(outlineOf(browser)).as("visible focus").isNotEqualTo("none");
      browser.saveScreenshot("06-focus-on-a-scope");
      browser.press(Keys.SPACE);
      tabTo(browser, browser.find(ALLOW));
      assertThat(outlineOf(browser)).isNotEqualTo("none");
      browser.saveScreenshot("07-focus-on-allow");
      browser.awaitNavigation(() -> browser.press(Keys.ENTER));

      var token =
          application.introspectTokenFor(application.awaitResponse().getOrDefault("code", ""));
      assertThat(token.get("scope").asText()).isEqualTo("notes:read");
      assertThat(browser.consoleWarnings()).isEmpty();
    }
  }

  @Test // an accidental Enter must not approve
  void enterInTheConsentFormDenies() throws Exception {
    try (Chromium browser = Chromium.desktop()) {
      browser.open(application.authorizationUrl(BOTH));
      logIn(browser, "alice", "alice-secret");

      tabTo(browser, browser.find(WRITE));
      browser.awaitNavigation(() -> browser.press(Keys.ENTER));

      assertThat(application.awaitResponse()).containsEntry("error", "access_denied");
    }
  }

  @Test
  void thePagesFitAPhoneWithoutHorizontalScrolling() throws Exception {
    try (Chromium browser = Chromium.phone()) {
      browser.open(application.authorizationUrl(BOTH));
      assertFitsWidth(browser);
      browser.saveScreenshot("08-phone-log-in");
      logIn(browser, "alice", "alice-secret");
      assertFitsWidth(browser);
      browser.saveScreenshot("09-phone-consent");
      for (String button : Set.of(ALLOW, DENY)) {
        assertThat(browser.find(button).getSize().getHeight())
            .as("target size (WCAG 2.5.5)")
            .isGreaterThanOrEqualTo(44);
      }
      browser.run("window.scrollTo(0, document.body.scrollHeight)");
      browser.saveScreenshot("10-phone-consent-below");
      browser.awaitNavigation(browser.find(ALLOW)::click);
      assertThat(application.awaitResponse()).containsKey("code");

      browser.open(application.authorizationUrl(BOTH).replace("client_id=", "client_id=not-"));
      assertFitsWidth(browser);
      browser.saveScreenshot("11-phone-error");
    }
  }

  @Test
  void longNamesAreWrappedOnAPhone() throws Exception {
    String name = "Thenotebookreaderwithanamethatnoscreencouldeverholdinoneline".repeat(2);
    try (Application longNamed = new Application(demo, name);
        Chromium browser = Chromium.phone()) {
      browser.open(longNamed.authorizationUrl(BOTH));
      assertFitsWidth(browser);
      logIn(browser, "a-name-without-end".repeat(10), "a wrong one");
      assertFitsWidth(browser);
      browser.saveScreenshot("12-phone-long-names");
      logIn(browser, "alice", "alice-secret");
      assertFitsWidth(browser);
    }
  }

  @Test
  void thePagesHaveADarkColorScheme() throws Exception {
    try (Chromium browser = Chromium.dark()) {
      browser.open(application.authorizationUrl(BOTH));
      browser.saveScreenshot("13-dark-log-in");
      assertThat(browser.run("return getComputedStyle(document.body).backgroundColor"))
          .isEqualTo("rgb(18, 22, 28)");
      logIn(browser, "alice", "alice-secret");
      browser.saveScreenshot("14-dark-consent");
      assertThat(browser.consoleWarnings()).isEmpty();
    }
  }

  @Test
  void anotherUserCanLogIn() throws Exception {
    try (Chromium browser = Chromium.desktop()) {
      browser.open(application.authorizationUrl(BOTH));
      logIn(browser, "alice", "alice-secret");
      browser.awaitNavigation(browser.find("button[value=switch]")::click);

      assertThat(browser.title()).isEqualTo("Log in");
      logIn(browser, "bob", "bob-secret");
      assertThat(browser.text()).contains("logged in as bob");
      browser.awaitNavigation(browser.find(ALLOW)::click);
      var token =
          application.introspectTokenFor(application.awaitResponse().getOrDefault("code", ""));
      assertThat(token.get("sub").asText()).isEqualTo("bob");
      assertThat(browser.consoleWarnings()).isEmpty();
    }
  }

  private static void logIn(Chromium browser, String username, String password) {
    WebElement name = browser.find("#username");
    name.clear();
    name.sendKeys(username);
    browser.find("#password").sendKeys(password);
    browser.awaitNavigation(browser.find(LOG_IN)::click);
  }

  /** Presses Tab until the element has the focus, at most once around the page. */
  private static void tabTo(Chromium browser, WebElement element) {
    Set<String> visited = new TreeSet<>();
    while (!browser.focused().equals(element)) {
      browser.press(Keys.TAB);
      assertThat(visited.add(String.valueOf(browser.focused().getAttribute("outerHTML"))))
          .as("Tab reaches the element before it starts again")
          .isTrue();
    }
  }

  private static String outlineOf(Chromium browser) {
    return browser.focused().getCssValue("outline-style");
  }

  private static void assertFitsWidth(Chromium browser) {
    assertThat(browser.run("return document.documentElement.scrollWidth <= screen.width"))
        .isEqualTo(true);
  }
}
