package dev.gatehouse.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Announces the events at WARN or above that a test causes: at least one event for each text, and
 * no event that contains none of them.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface LogsWarning {

  /** Texts that messages contain; each must occur. */
  String[] value() default {};

  /** Texts that may be missing, because another thread may log them after the test. */
  String[] maybe() default {};
}
