package io.expunge.console;

import io.expunge.method.Method;
import io.expunge.shared.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;

/**
 * The methods of a policy as parts of one form, in the order in which they are tried. The fields of the third one begin with
 * {@code m2.}, and what moves, comes or goes is worked out from what was typed, so nothing is lost on the way to storing it.
 */
@Component
class PolicyMethods {

    /** Says that the form had methods, even where none is left. */
    private static final String SHOWN = "methods";

    private final MethodForms forms;

    PolicyMethods(MethodForms forms) {
        this.forms = forms;
    }

    /**
     * One method.
     *
     * @param prefix of the names of its fields
     * @param values by path
     */
    record Part(int number, String prefix, MethodForms.Form form, Map<String, String> values) {}

    /** What is to be shown: what was typed, if anything was, else what is stored. */
    List<Part> parts(List<Method> stored, Map<String, String> typed) {
        return typed.containsKey(SHOWN)
                ? parts(typed)
                : IntStream.range(0, stored.size())
                        .mapToObj(i -> part(i, stored.get(i).name(), forms.write(stored.get(i))))
                        .toList();
    }

    /** What was typed, with one method added, taken away or moved. */
    Map<String, String> rearranged(Map<String, String> typed, String act) {
        var parts = new ArrayList<>(parts(typed));
        var words = act.split("-", 2);
        int at = words.length == 2 ? Integer.parseInt(words[1]) : parts.size();
        switch (words[0]) {
            case "add" -> {
                var form = forms.find(typed.getOrDefault("added", ""));
                var examples = new LinkedHashMap<String, String>();
                form.fields().stream()
                        .filter(field -> field.example() != null && field.required())
                        .forEach(field -> examples.put(field.path(), field.example()));
                parts.add(part(at, form.name(), examples));
            }
            case "remove" -> parts.remove(at);
            case "up" -> Collections.swap(parts, at, Math.max(0, at - 1));
            case "down" -> Collections.swap(parts, at, Math.min(parts.size() - 1, at + 1));
            default -> throw Problem.invalid("act", "must be add, remove, up or down");
        }
        var all = new LinkedHashMap<String, String>();
        typed.forEach((name, text) -> {
            if (!name.matches("m\\d+\\..*")) {
                all.put(name, text);
            }
        });
        for (int i = 0; i < parts.size(); i++) {
            var prefix = prefix(i);
            all.put(prefix + "name", parts.get(i).form().name());
            parts.get(i).values().forEach((path, text) -> all.put(prefix + path, text));
        }
        return all;
    }

    /**
     * The methods as the contract has them.
     *
     * @throws Problem if a field is refused, named as it was typed
     */
    List<Map<String, Object>> check(Map<String, String> typed) {
        return parts(typed).stream().map(part -> check(part, typed)).toList();
    }

    /** People see names and places of methods, not what the fields are called by. */
    private Map<String, Object> check(Part part, Map<String, String> typed) {
        try {
            return forms.check(part.form().name(), part.prefix(), typed);
        } catch (Problem problem) {
            throw new Problem(
                    problem.kind(),
                    problem.slug(),
                    "method " + (part.number() + 1) + ", " + part.form().name() + ": "
                            + String.valueOf(problem.getMessage()).replace(part.prefix(), ""),
                    problem.fields());
        }
    }

    private List<Part> parts(Map<String, String> typed) {
        var all = new ArrayList<Part>();
        for (int i = 0; typed.containsKey(prefix(i) + "name"); i++) {
            var prefix = prefix(i);
            var values = new LinkedHashMap<String, String>();
            typed.forEach((name, text) -> {
                if (name.startsWith(prefix) && !name.equals(prefix + "name")) {
                    values.put(name.substring(prefix.length()), text);
                }
            });
            all.add(part(i, Objects.requireNonNull(typed.get(prefix + "name")), values));
        }
        return all;
    }

    private Part part(int number, String name, Map<String, String> values) {
        return new Part(number, prefix(number), forms.find(name), values);
    }

    private static String prefix(int number) {
        return "m" + number + ".";
    }
}
