package io.expunge.shared;

import java.io.Serializable;

/**
 * One thing that is wrong with one field.
 *
 * @param field the field as the caller wrote it, for instance {@code method.learningRate} or {@code line 17}
 * @param reason what is wrong with it; never the value of a personal field
 */
public record FieldProblem(String field, String reason) implements Serializable {}
