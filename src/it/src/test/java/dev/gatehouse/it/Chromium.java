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

/** A real browser without a window, new each time: it knows no cookies. */
final class Chromium implements AutoCloseable {
  private static final Duration GIVE_UP = Duration.ofSeconds(30);

  /** Without these it looks for its maker's servers, which a test machine may not reach. */
  private static final List<String> ALONE =
      List.of(
          "--headless=new",
          "--no-sandbox", // root has no other way
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
    options.addArguments(ALONE);
    // Named, so that Selenium does not go and look for one to download.
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
              + ": there is no "
              + file
              + "; install Debian's packages chromium and chromium-driver, or name another with -D"
              + setting);
    }
    return file;
  }

  static Chromium onADesk() {
    ChromeOptions options = new ChromeOptions();
    options.addArguments("--window-size=1000,900");
    return new Chromium(options);
  }

  /** A small phone, held upright. */
  static Chromium onAPhone() {
    ChromeOptions options = new ChromeOptions();
    options.setExperimentalOption(
        "mobileEmulation",
        Map.of(
            "deviceMetrics",
            Map.of("width", 320, "height", 640, "pixelRatio", 2.0, "touch", true, "mobile", true)));
    return new Chromium(options);
  }

  /** The same eyes at night. */
  static Chromium inTheDark() {
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

  /** What a person can read. */
  String text() {
    return find("body").getText();
  }

  WebElement find(String css) {
    return driver.findElement(By.cssSelector(css));
  }

  boolean has(String css) {
    return !driver.findElements(By.cssSelector(css)).isEmpty();
  }

  /** What the keyboard speaks to. */
  WebElement focused() {
    return driver.switchTo().activeElement();
  }

  void press(CharSequence... keys) {
    focused().sendKeys(keys);
  }

  /** Does what leads to another page, and waits until it is there. */
  void leave(Runnable action) {
    WebElement before = find("html");
    action.run();
    new WebDriverWait(driver, GIVE_UP)
        .until(
            now -> !isStillThere(before) && "complete".equals(run("return document.readyState")));
  }

  private static boolean isStillThere(WebElement element) {
    try {
      return element.isEnabled();
    } catch (WebDriverException e) {
      return false; // gone, or just going: ChromeDriver has several words for that
    }
  }

  /** Waits until an element, made anew again and again perhaps, has this in its text. */
  void waitForText(String css, String text) {
    waitFor(
        text + " in " + css,
        "(document.querySelector('%s')?.textContent ?? '').includes('%s')".formatted(css, text));
  }

  /** Waits until this is true in the page. */
  void waitFor(String what, String condition) {
    new WebDriverWait(driver, GIVE_UP)
        .withMessage(() -> "waited for " + what)
        .until(now -> Boolean.TRUE.equals(run("return " + condition)));
  }

  @Nullable Object run(String script) {
    return driver.executeScript(script);
  }

  /** What the browser complains about, a breach of the page's own policy for example. */
  List<String> complaints() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
        .map(LogEntry::getMessage)
        .toList();
  }

  /** Keeps what the page looks like, for a person to look at. */
  void photograph(String name) throws IOException {
    Path directory = Files.createDirectories(Path.of(Setting.of("browser.screenshots")));
    Files.write(directory.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
