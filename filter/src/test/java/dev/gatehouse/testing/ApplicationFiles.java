package dev.gatehouse.testing;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a web application has in {@code WEB-INF}, so that a container loads the filter and its
 * libraries anew for each deployment.
 *
 * @param classes the directory of the filter's classes
 * @param libraries the jars of the filter's libraries and of the application's logging
 * @param logging a configuration by which the application logs nothing
 */
public record ApplicationFiles(File classes, List<File> libraries, Path logging) {

  private static final Pattern LIBRARIES =
      Pattern.compile(
          "(bucket4j|jackson-(core|databind|annotations)|caffeine|nimbus-jose|oauth2-oidc|jcip|"
              + "content-type|json-smart|accessors-smart|asm|lang-tag|httpc|jspecify|slf4j-api|"
              + "logback).*\\.jar");

  /** What a container shows to its applications. */
  public static final ClassLoader CONTAINER =
      new ClassLoader(ClassLoader.getPlatformClassLoader()) {
        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
          if (name.startsWith("jakarta.servlet.")) {
            return ApplicationFiles.class.getClassLoader().loadClass(name);
          }
          throw new ClassNotFoundException(name);
        }

        @Override
        protected @Nullable URL findResource(String name) {
          return name.startsWith("org/apache/catalina/")
              ? ApplicationFiles.class.getClassLoader().getResource(name)
              : null;
        }
      };

  /** The files of an application with this filter; the directory is for what must be created. */
  public static ApplicationFiles of(Class<?> filter, Path directory)
      throws IOException, URISyntaxException {
    Path logging = directory.resolve("logging").resolve("logback.xml");
    Files.createDirectories(logging.getParent());
    Files.writeString(logging, "<configuration/>");
    return new ApplicationFiles(
        new File(filter.getProtectionDomain().getCodeSource().getLocation().toURI()),
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(File::new)
            .filter(file -> LIBRARIES.matcher(file.getName()).matches())
            .toList(),
        logging);
  }

  /** Loads the application; the caller closes the class loader. */
  public URLClassLoader load() throws IOException {
    List<URL> urls = new ArrayList<>();
    urls.add(classes.toURI().toURL());
    urls.add(logging.getParent().toUri().toURL());
    for (File library : libraries) {
      urls.add(library.toURI().toURL());
    }
    return new ChildFirst(urls.toArray(URL[]::new));
  }

  /** Prefers the application's own classes (Servlet 6.0 §10.7.2). */
  private static final class ChildFirst extends URLClassLoader {

    ChildFirst(URL[] urls) {
      super(urls, CONTAINER);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded != null) {
          return loaded;
        }
        if (name.startsWith("java.")) {
          return super.loadClass(name, resolve);
        }
        try {
          return findClass(name);
        } catch (ClassNotFoundException e) {
          return super.loadClass(name, resolve);
        }
      }
    }
  }
}
