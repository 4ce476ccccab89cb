package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a person chooses a method by.
 *
 * @param models kinds of models that it edits
 * @param hyperParameters names of the record's components
 */
public record MethodCard(String name, String title, String paper, List<Kind> models, List<String> hyperParameters) {

    /** Kinds of models. */
    public enum Kind {
        CLASSIFIER,
        LANGUAGE_MODEL
    }

    /** Every method that a run can apply. */
    public static List<MethodCard> all() {
        return Stream.of(NetworkMethod.class, LanguageMethod.class)
                .flatMap(kind -> Arrays.stream(kind.getPermittedSubclasses()))
                .distinct()
                .map(MethodCard::of)
                .toList();
    }

    private static MethodCard of(Class<?> method) {
        var paper = method.getAnnotation(Paper.class);
        return new MethodCard(
                method.getAnnotation(JsonTypeName.class).value(),
                paper.title(),
                paper.value(),
                Stream.of(Kind.values())
                        .filter(kind -> (kind == Kind.CLASSIFIER ? NetworkMethod.class : LanguageMethod.class)
                                .isAssignableFrom(method))
                        .toList(),
                Stream.of(method.getRecordComponents())
                        .map(RecordComponent::getName)
                        .toList());
    }
}
