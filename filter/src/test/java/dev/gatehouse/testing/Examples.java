package dev.gatehouse.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Extracts the code examples from documentation and compiles them. */
public final class Examples {

  private Examples() {}

  /** Returns the first code block in this language that contains this text. */
  public static String block(Path document, String language, String containing) throws IOException {
    Matcher block =
        Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(document));
    while (block.find()) {
      if (block.group(1).contains(containing)) {
        return block.group(1);
      }
    }
    throw new AssertionError(document + " has no " + language + " block with " + containing);
  }

  /** Compiles a source text into this directory and loads its class. */
  public static Class<?> compiled(Path directory, String className, String text) throws Exception {
    Path source = Files.writeString(directory.resolve(className + ".java"), text);
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter errors = new StringWriter();
    boolean compiles =
        compiler
            .getTask(
                errors,
                null,
                null,
                List.of("-d", directory.toString(), "-proc:none", "-classpath", classPath()),
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source))
            .call();
    assertThat(compiles).as(errors.toString()).isTrue();
    return new URLClassLoader(new URL[] {directory.toUri().toURL()}).loadClass(className);
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
