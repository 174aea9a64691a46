package dev.gatehouse.internal.reload;

/** A file of a setting can't be used. The message says why and contains nothing of the file. */
public final class BadFileException extends Exception {

  private static final long serialVersionUID = 1L;

  private final String setting;

  BadFileException(SettingFile file, String error) {
    super(file.path() + " " + error);
    this.setting = file.setting();
  }

  /** The name of the setting. */
  public String setting() {
    return setting;
  }
}
