package io.expunge.method;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Where a method comes from. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@interface Paper {

    /** What the method is called in a sentence. */
    String title();

    /** Address of the paper. */
    String value();
}
