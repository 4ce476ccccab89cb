package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a person chooses a method by.
 *
 * @param hyperParameters names of the record's components
 */
public record MethodCard(String name, String title, String paper, List<String> hyperParameters) {

    /** Every method that a run can apply. */
    public static List<MethodCard> all() {
        return Arrays.stream(Method.class.getPermittedSubclasses())
                .map(MethodCard::of)
                .toList();
    }

    private static MethodCard of(Class<?> method) {
        var paper = method.getAnnotation(Paper.class);
        return new MethodCard(
                method.getAnnotation(JsonTypeName.class).value(),
                paper.title(),
                paper.value(),
                Stream.of(method.getRecordComponents())
                        .map(RecordComponent::getName)
                        .toList());
    }
}
