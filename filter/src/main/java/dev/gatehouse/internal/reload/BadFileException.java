package dev.gatehouse.internal.reload;

/**
 * A file that a setting names can't be used. The message says why, and nothing of what it holds.
 */
public final class BadFileException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String setting;

  BadFileException(SettingFile file, String problem) {
    super(file.path() + " " + problem);
    this.setting = file.setting();
  }

  /** The name of the setting. */
  public String setting() {
    return setting;
  }
}
