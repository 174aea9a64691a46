package dev.gatehouse.authorizationserver.testing;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Compiles Java statements of the guide, as a reader would. */
public final class Compiled {
  private static final String SOURCE =
      """
      import dev.gatehouse.authorizationserver.*;
      import dev.gatehouse.authorizationserver.store.*;
      import dev.gatehouse.authorizationserver.store.jdbc.*;
      import dev.gatehouse.authorizationserver.store.memory.*;
      import jakarta.servlet.ServletContext;
      import jakarta.servlet.ServletRegistration;
      import java.nio.file.Path;
      import java.time.*;
      import java.util.*;
      import java.util.function.BiConsumer;

      public class Example implements BiConsumer<String, ServletContext> {
        @Override
        public void accept(String origin, ServletContext servletContext) {
          %s
        }
      }
      """;

  private Compiled() {}

  /** Compiles statements that use {@code origin} and {@code servletContext}. */
  @SuppressWarnings("unchecked")
  public static BiConsumer<String, ServletContext> of(Path directory, String statements)
      throws IOException, ReflectiveOperationException {
    Path source =
        Files.writeString(directory.resolve("Example.java"), SOURCE.formatted(statements));
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
    // Stays open: the example loads classes from it while it runs.
    ClassLoader loader = new URLClassLoader(new URL[] {directory.toUri().toURL()});
    return (BiConsumer<String, ServletContext>)
        loader.loadClass("Example").getConstructor().newInstance();
  }

  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }
}
