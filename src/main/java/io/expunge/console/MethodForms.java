package io.expunge.console;

import io.expunge.method.Method;
import io.expunge.shared.JsonProblems;
import io.expunge.shared.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Forms of the methods' hyper-parameters, read from the contract: a new method has one without a line here. */
@Component
class MethodForms {

    private static final String CONTRACT = "/static/openapi.yaml";
    private static final String REFERENCE = "#/components/schemas/";

    private final JsonMapper json;
    private final Map<String, Map<String, Object>> schemas;
    private final List<Form> forms;

    MethodForms(JsonMapper json) throws IOException {
        this.json = json;
        try (InputStream in = Objects.requireNonNull(MethodForms.class.getResourceAsStream(CONTRACT))) {
            Map<String, Object> contract = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
            this.schemas = schemas(contract);
        }
        var mapping = map(map(Objects.requireNonNull(schemas.get("Method")).get("discriminator"))
                .get("mapping"));
        this.forms = mapping.entrySet().stream()
                .map(entry -> new Form(entry.getKey(), fields("", schema(String.valueOf(entry.getValue())))))
                .toList();
    }

    /** A method with its hyper-parameters. */
    record Form(String name, List<Field> fields) {}

    /**
     * One hyper-parameter.
     *
     * @param path as in {@code schedule.learningRate}
     * @param type {@code number}, {@code integer}, {@code boolean} or {@code string}
     * @param options what it may be, where the contract names it
     */
    record Field(
            String path,
            String type,
            boolean required,
            @Nullable String example,
            @Nullable String description,
            List<String> options) {}

    List<Form> all() {
        return forms;
    }

    /** A method from what was typed into its form, where a field is named {@code METHOD.path}. */
    Method read(String name, Map<String, String> typed) {
        var form = forms.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.invalid("method", "must be one of the contract's"));
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("name", name);
        for (var field : form.fields()) {
            var text = typed.getOrDefault(name + "." + field.path(), "").strip();
            if (!text.isEmpty()) {
                put(all, field, value(name, field, text));
            } else if (field.required()) {
                throw Problem.invalid(name + "." + field.path(), "is required");
            }
        }
        try {
            return json.convertValue(all, Method.class);
        } catch (JacksonException | IllegalArgumentException e) {
            var problem = JsonProblems.explain(e);
            if (problem.fields().isEmpty()) {
                throw problem;
            }
            var field = problem.fields().getFirst();
            throw Problem.invalid(name + "." + field.field(), field.reason());
        }
    }

    private static Object value(String name, Field field, String text) {
        try {
            return switch (field.type()) {
                case "integer" -> Long.valueOf(text);
                case "number" -> Double.valueOf(text);
                case "boolean" -> Boolean.valueOf(text);
                default -> text;
            };
        } catch (NumberFormatException e) {
            throw Problem.invalid(
                    name + "." + field.path(),
                    field.type().equals("integer") ? "must be a whole number" : "must be a number");
        }
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> all, Field field, Object value) {
        var parts = field.path().split("\\.", -1);
        var at = all;
        for (int i = 0; i < parts.length - 1; i++) {
            at = (Map<String, Object>) at.computeIfAbsent(parts[i], one -> new LinkedHashMap<String, Object>());
        }
        at.put(parts[parts.length - 1], value);
    }

    private List<Field> fields(String prefix, Map<String, Object> schema) {
        var required = schema.get("required") instanceof List<?> names ? names : List.of();
        var all = new ArrayList<Field>();
        map(schema.get("properties")).forEach((name, declared) -> {
            var property = map(declared);
            if (prefix.isEmpty() && name.equals("name")) {
                return;
            }
            var reference = property.get("$ref");
            var target = reference == null ? property : schema(String.valueOf(reference));
            if (target.containsKey("properties")) {
                all.addAll(fields(prefix + name + ".", target));
                return;
            }
            all.add(new Field(
                    prefix + name,
                    String.valueOf(target.getOrDefault("type", "string")),
                    required.contains(name),
                    text(target.get("example")),
                    text(target.get("description")),
                    target.get("enum") instanceof List<?> values
                            ? values.stream().map(String::valueOf).toList()
                            : List.of()));
        });
        return all;
    }

    private Map<String, Object> schema(String reference) {
        return Objects.requireNonNull(schemas.get(reference.replace(REFERENCE, "")), reference);
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private static Map<String, Map<String, Object>> schemas(Map<String, Object> contract) {
        var all = new LinkedHashMap<String, Map<String, Object>>();
        map(map(contract.get("components")).get("schemas")).forEach((name, schema) -> all.put(name, map(schema)));
        return all;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }
}
