package dev.gatehouse.it;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.WebDriverWait;

/** Headless Chromium with a new profile, without cookies. */
final class Chromium implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Runs without a display and without requests to servers that a test machine may not reach. */
  private static final List<String> ARGUMENTS =
      List.of(
          "--headless=new",
          "--no-sandbox", // required when running as root
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--disable-quic",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--no-first-run");

  private final ChromeDriver driver;

  private Chromium(ChromeOptions options) {
    LoggingPreferences console = new LoggingPreferences();
    console.enable(LogType.BROWSER, Level.ALL);
    options.setCapability(ChromeOptions.LOGGING_PREFS, console);
    options.setBinary(installed("browser.binary").toString());
    options.addArguments(ARGUMENTS);
    // Set explicitly, so that Selenium does not try to download a driver.
    driver =
        new ChromeDriver(
            new ChromeDriverService.Builder()
                .usingDriverExecutable(installed("browser.driver"))
                .usingAnyFreePort()
                .build(),
            options);
  }

  private static File installed(String setting) {
    File file = new File(Setting.of(setting));
    if (!file.canExecute()) {
      throw new AssertionError(
          setting
              + ": "
              + file
              + " does not exist; install Debian's packages chromium and chromium-driver, or set -D"
              + setting);
    }
    return file;
  }

  static Chromium desktop() {
    ChromeOptions options = new ChromeOptions();
    options.addArguments("--window-size=1000,900");
    return new Chromium(options);
  }

  /** A small phone in portrait orientation. */
  static Chromium phone() {
    ChromeOptions options = new ChromeOptions();
    options.setExperimentalOption(
        "mobileEmulation",
        Map.of(
            "deviceMetrics",
            Map.of("width", 320, "height", 640, "pixelRatio", 2.0, "touch", true, "mobile", true)));
    return new Chromium(options);
  }

  /** A desktop browser with the dark color scheme. */
  static Chromium dark() {
    ChromeOptions options = new ChromeOptions();
    options.addArguments("--window-size=1000,900", "--blink-settings=preferredColorScheme=0");
    return new Chromium(options);
  }

  void open(String url) {
    driver.get(url);
  }

  String title() {
    return driver.getTitle();
  }

  String url() {
    return driver.getCurrentUrl();
  }

  /** The visible text. */
  String text() {
    return find("body").getText();
  }

  WebElement find(String css) {
    return driver.findElement(By.cssSelector(css));
  }

  boolean has(String css) {
    return !driver.findElements(By.cssSelector(css)).isEmpty();
  }

  /** The element with the keyboard focus. */
  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  void press(CharSequence... keys) {
    focused().sendKeys(keys);
  }

  /** Runs an action that opens another page, and waits until that page has loaded. */
  void awaitNavigation(Runnable action) {
    WebElement before = find("html");
    action.run();
    new WebDriverWait(driver, TIMEOUT)
        .until(now -> !isAttached(before) && "complete".equals(run("return document.readyState")));
  }

  private static boolean isAttached(WebElement element) {
    try {
      return element.isEnabled();
    } catch (WebDriverException e) {
      return false; // ChromeDriver throws various exceptions for an element that is gone
    }
  }

  /** Waits until the element, which may be replaced meanwhile, contains the text. */
  void waitForText(String css, String text) {
    waitFor(
        text + " in " + css,
        "(document.querySelector('%s')?.textContent ?? '').includes('%s')".formatted(css, text));
  }

  /** Waits until a JavaScript condition is true. */
  void waitFor(String what, String condition) {
    new WebDriverWait(driver, TIMEOUT)
        .withMessage(() -> "waited for " + what)
        .until(now -> Boolean.TRUE.equals(run("return " + condition)));
  }

  @Nullable Object run(String script) {
    return driver.executeScript(script);
  }

  /** The warnings and errors in the console, for example violations of the page's policy. */
  List<String> consoleWarnings() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /** Saves a screenshot. */
  void saveScreenshot(String name) throws IOException {
    Path directory = Files.createDirectories(Path.of(Setting.of("browser.screenshots")));
    Files.write(directory.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
