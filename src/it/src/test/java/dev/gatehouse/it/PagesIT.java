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

/** The pages of the authorization server, in a real browser, between a user and an application. */
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
  void aScopeThatTheUserUnticksIsNotInTheToken() throws Exception {
    try (Chromium browser = Chromium.onADesk()) {
      browser.open(application.authorizationUrl(BOTH));
      assertThat(browser.title()).isEqualTo("Log in");
      browser.photograph("01-log-in");
      logIn(browser, "alice", "alice-secret");

      assertThat(browser.title()).isEqualTo("Notebook reader requests access");
      assertThat(browser.text())
          .contains("127.0.0.1", demo.endpoint(), "read your notes", "alice")
          .contains("write and delete notes for you", "has not been verified");
      browser.photograph("02-consent");
      browser.find(WRITE).click();
      browser.photograph("03-consent-with-a-scope-unticked");
      browser.leave(browser.find(ALLOW)::click);
      browser.photograph("04-back-at-the-application");

      Map<String, String> answer = application.answer();
      assertThat(answer)
          .containsOnlyKeys("code", "state", "iss")
          .containsEntry("state", Application.STATE)
          .containsEntry("iss", demo.issuer());
      var token = application.tokenFor(answer.getOrDefault("code", ""));
      assertThat(token.get("active").asBoolean()).isTrue();
      assertThat(token.get("scope").asText()).isEqualTo("notes:read");
      assertThat(token.get("sub").asText()).isEqualTo("alice");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void aUserWhoDeniesSendsTheApplicationAwayWithAnError() throws Exception {
    try (Chromium browser = Chromium.onADesk()) {
      browser.open(application.authorizationUrl(BOTH));
      logIn(browser, "bob", "bob-secret");

      browser.leave(browser.find(DENY)::click);

      assertThat(application.answer())
          .containsOnly(
              Map.entry("error", "access_denied"),
              Map.entry("state", Application.STATE),
              Map.entry("iss", demo.issuer()));
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void aWrongPasswordIsToldAndCanBeTypedAgainAtOnce() throws Exception {
    try (Chromium browser = Chromium.onADesk()) {
      browser.open(application.authorizationUrl(BOTH));
      logIn(browser, "alice", "a wrong one");

      assertThat(browser.find("[role=alert]").getText()).contains("is wrong");
      browser.photograph("05-wrong-password");
      assertThat(browser.find("#username").getAttribute("value")).isEqualTo("alice");
      assertThat(browser.find("#password").getAttribute("value")).isEmpty();
      assertThat(browser.focused()).isEqualTo(browser.find("#password"));
      // Chromium itself tells of every status from 400 on.
      assertThat(browser.complaints()).allMatch(complaint -> complaint.contains("status of 403"));

      browser.open(application.authorizationUrl(BOTH));
      assertThat(browser.title()).as("nobody is logged in").isEqualTo("Log in");
      assertThat(application.hasAnswer()).isFalse();

      logIn(browser, "alice", "wrong again");
      browser.leave(() -> browser.press("alice-secret", Keys.ENTER));
      assertThat(browser.title()).isEqualTo("Notebook reader requests access");
    }
  }

  @Test
  void aKeyboardIsEnough() throws Exception {
    try (Chromium browser = Chromium.onADesk()) {
      browser.open(application.authorizationUrl(BOTH));
      browser.press("alice", Keys.TAB);
      browser.leave(() -> browser.press("alice-secret", Keys.ENTER));

      tabTo(browser, browser.find(WRITE));
      assertThat(outlineOf(browser)).as("the focus can be seen").isNotEqualTo("none");
      browser.photograph("06-focus-on-a-scope");
      browser.press(Keys.SPACE);
      tabTo(browser, browser.find(ALLOW));
      assertThat(outlineOf(browser)).isNotEqualTo("none");
      browser.photograph("07-focus-on-allow");
      browser.leave(() -> browser.press(Keys.ENTER));

      var token = application.tokenFor(application.answer().getOrDefault("code", ""));
      assertThat(token.get("scope").asText()).isEqualTo("notes:read");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test // An unthinking Enter must never mean yes.
  void enterInTheFormMeansNo() throws Exception {
    try (Chromium browser = Chromium.onADesk()) {
      browser.open(application.authorizationUrl(BOTH));
      logIn(browser, "alice", "alice-secret");

      tabTo(browser, browser.find(WRITE));
      browser.leave(() -> browser.press(Keys.ENTER));

      assertThat(application.answer()).containsEntry("error", "access_denied");
    }
  }

  @Test
  void aPhoneShowsAllOfItWithoutScrollingSideways() throws Exception {
    try (Chromium browser = Chromium.onAPhone()) {
      browser.open(application.authorizationUrl(BOTH));
      fitsAcross(browser);
      browser.photograph("08-phone-log-in");
      logIn(browser, "alice", "alice-secret");
      fitsAcross(browser);
      browser.photograph("09-phone-consent");
      for (String touched : Set.of(ALLOW, DENY)) {
        assertThat(browser.find(touched).getSize().getHeight())
            .as("as wide as a finger (WCAG 2.5.5)")
            .isGreaterThanOrEqualTo(44);
      }
      browser.run("window.scrollTo(0, document.body.scrollHeight)");
      browser.photograph("10-phone-consent-below");
      browser.leave(browser.find(ALLOW)::click);
      assertThat(application.answer()).containsKey("code");

      browser.open(application.authorizationUrl(BOTH).replace("client_id=", "client_id=not-"));
      fitsAcross(browser);
      browser.photograph("11-phone-error");
    }
  }

  @Test
  void aNameThatIsTooLongForAPhoneIsBrokenAndNotTheLayout() throws Exception {
    String name = "Thenotebookreaderwithanamethatnoscreencouldeverholdinoneline".repeat(2);
    try (Application boastful = new Application(demo, name);
        Chromium browser = Chromium.onAPhone()) {
      browser.open(boastful.authorizationUrl(BOTH));
      fitsAcross(browser);
      logIn(browser, "a-name-without-end".repeat(10), "a wrong one");
      fitsAcross(browser);
      browser.photograph("12-phone-long-names");
      logIn(browser, "alice", "alice-secret");
      fitsAcross(browser);
    }
  }

  @Test
  void theNightHasItsOwnColours() throws Exception {
    try (Chromium browser = Chromium.inTheDark()) {
      browser.open(application.authorizationUrl(BOTH));
      browser.photograph("13-dark-log-in");
      assertThat(browser.run("return getComputedStyle(document.body).backgroundColor"))
          .isEqualTo("rgb(18, 22, 28)");
      logIn(browser, "alice", "alice-secret");
      browser.photograph("14-dark-consent");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  @Test
  void somebodyElseCanLogIn() throws Exception {
    try (Chromium browser = Chromium.onADesk()) {
      browser.open(application.authorizationUrl(BOTH));
      logIn(browser, "alice", "alice-secret");
      browser.leave(browser.find("button[value=switch]")::click);

      assertThat(browser.title()).isEqualTo("Log in");
      logIn(browser, "bob", "bob-secret");
      assertThat(browser.text()).contains("logged in as bob");
      browser.leave(browser.find(ALLOW)::click);
      var token = application.tokenFor(application.answer().getOrDefault("code", ""));
      assertThat(token.get("sub").asText()).isEqualTo("bob");
      assertThat(browser.complaints()).isEmpty();
    }
  }

  private static void logIn(Chromium browser, String username, String password) {
    WebElement name = browser.find("#username");
    name.clear();
    name.sendKeys(username);
    browser.find("#password").sendKeys(password);
    browser.leave(browser.find(LOG_IN)::click);
  }

  /** Presses Tab until the element has the focus, once around the page at most. */
  private static void tabTo(Chromium browser, WebElement element) {
    Set<String> passed = new TreeSet<>();
    while (!browser.focused().equals(element)) {
      browser.press(Keys.TAB);
      assertThat(passed.add(String.valueOf(browser.focused().getAttribute("outerHTML"))))
          .as("Tab reaches it before it comes round")
          .isTrue();
    }
  }

  private static String outlineOf(Chromium browser) {
    return browser.focused().getCssValue("outline-style");
  }

  private static void fitsAcross(Chromium browser) {
    assertThat(browser.run("return document.documentElement.scrollWidth <= screen.width"))
        .isEqualTo(true);
  }
}
