package dev.gatehouse.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Announces that a test will cause events at WARN or above whose messages contain these texts: one
 * at least for each, and no others.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface LogsWarning {

  /** Parts of messages. */
  String[] value() default {};

  /** Parts of messages that may be missing, since a thread of its own logs them in time or not. */
  String[] maybe() default {};
}
