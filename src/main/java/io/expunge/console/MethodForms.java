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
import java.util.stream.Collectors;
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
    private final Map<String, String> mapping;
    private final List<Form> forms;

    MethodForms(JsonMapper json) throws IOException {
        this.json = json;
        try (InputStream in = Objects.requireNonNull(MethodForms.class.getResourceAsStream(CONTRACT))) {
            Map<String, Object> contract = new Yaml(new SafeConstructor(new LoaderOptions())).load(in);
            this.schemas = schemas(contract);
        }
        this.mapping = new LinkedHashMap<>();
        map(map(Objects.requireNonNull(schemas.get("Method")).get("discriminator"))
                        .get("mapping"))
                .forEach((name, target) -> mapping.put(name, String.valueOf(target)));
        this.forms = mapping.entrySet().stream()
                .map(entry -> new Form(entry.getKey(), fields("", schema(entry.getValue()), true)))
                .toList();
    }

    /** A method with its hyper-parameters. */
    record Form(String name, List<Field> fields) {}

    /**
     * One hyper-parameter.
     *
     * @param path as in {@code schedule.learningRate}
     * @param type {@code number}, {@code integer}, {@code boolean}, {@code string}, {@code list} of lines or {@code method}
     * @param options what it may be, where the contract names it
     * @param columns of a line, where the lines of a list have several
     */
    record Field(
            String path,
            String type,
            boolean required,
            @Nullable String example,
            @Nullable String description,
            List<String> options,
            List<Column> columns) {

        /** Whether it takes more than a line to type. */
        public boolean tall() {
            return type.equals("list") || type.equals("method");
        }

        /** What to type, where that does not go without saying. */
        public String how() {
            return switch (type) {
                case "list" ->
                    columns.isEmpty()
                            ? "one a line"
                            : "one a line: "
                                    + columns.stream().map(Column::name).collect(Collectors.joining(" and "));
                case "method" -> "a method as the contract has it, in JSON";
                default -> "";
            };
        }
    }

    /** A part of a line. */
    record Column(String name, String type) {}

    List<Form> all() {
        return forms;
    }

    Form find(String name) {
        return forms.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.invalid("method", "must be one of the contract's"));
    }

    /** A method from what was typed into its form, where a field is named {@code METHOD.path}. */
    Method read(String name, Map<String, String> typed) {
        return json.convertValue(check(name, name + ".", typed), Method.class);
    }

    /**
     * A method as the contract has it, from what was typed into its form.
     *
     * @param prefix of its fields' names
     * @throws Problem if it is none; the field is named as it was typed
     */
    Map<String, Object> check(String name, String prefix, Map<String, String> typed) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("name", name);
        for (var field : find(name).fields()) {
            var text = typed.getOrDefault(prefix + field.path(), "").strip();
            if (!text.isEmpty()) {
                put(all, field, value(prefix, field, text));
            } else if (field.type().equals("list") && field.required()) {
                put(all, field, List.of());
            } else if (field.required()) {
                throw Problem.invalid(prefix + field.path(), "is required");
            }
        }
        constants(all, name);
        try {
            json.convertValue(all, Method.class);
            return all;
        } catch (JacksonException | IllegalArgumentException e) {
            var problem = JsonProblems.explain(e);
            if (problem.fields().isEmpty()) {
                throw problem;
            }
            var field = problem.fields().getFirst();
            throw Problem.invalid(prefix + field.field().replaceAll("\\[.*", ""), field.reason());
        }
    }

    /** What is to stand in the fields of a method's form, by path. */
    Map<String, String> write(Method method) {
        Map<String, Object> all = map(json.convertValue(method, Object.class));
        var texts = new LinkedHashMap<String, String>();
        for (var field : find(method.name()).fields()) {
            Object at = all;
            for (var part : field.path().split("\\.", -1)) {
                at = at instanceof Map<?, ?> inner ? inner.get(part) : null;
            }
            if (at != null) {
                texts.put(field.path(), text(field, at));
            }
        }
        return texts;
    }

    private String text(Field field, Object value) {
        if (field.type().equals("method")) {
            return json.writeValueAsString(value);
        }
        if (value instanceof List<?> lines) {
            return lines.stream()
                    .map(line -> line instanceof Map<?, ?> columns
                            ? field.columns().stream()
                                    .map(column -> String.valueOf(columns.get(column.name())))
                                    .collect(Collectors.joining(" "))
                            : String.valueOf(line))
                    .collect(Collectors.joining("\n"));
        }
        return String.valueOf(value);
    }

    private Object value(String prefix, Field field, String text) {
        var named = prefix + field.path();
        if (field.type().equals("method")) {
            try {
                return json.readValue(text, Map.class);
            } catch (JacksonException e) {
                throw Problem.invalid(named, "must be a method as JSON has it");
            }
        }
        return field.type().equals("list")
                ? text.lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .map(line -> line(named, field, line))
                        .toList()
                : value(named, field.type(), text);
    }

    private static Object line(String named, Field field, String line) {
        if (field.columns().isEmpty()) {
            return line;
        }
        var parts = line.split("\\s+", -1);
        if (parts.length != field.columns().size()) {
            throw Problem.invalid(named, "must have " + field.how());
        }
        Map<String, Object> all = new LinkedHashMap<>();
        for (int i = 0; i < parts.length; i++) {
            var column = field.columns().get(i);
            all.put(column.name(), value(named, column.type(), parts[i]));
        }
        return all;
    }

    private static Object value(String named, String type, String text) {
        try {
            return switch (type) {
                case "integer" -> Long.valueOf(text);
                case "number" -> Double.valueOf(text);
                case "boolean" -> Boolean.valueOf(text);
                default -> text;
            };
        } catch (NumberFormatException e) {
            throw Problem.invalid(named, type.equals("integer") ? "must be a whole number" : "must be a number");
        }
    }

    /** A method within a method has the only name that the contract allows there. */
    @SuppressWarnings("unchecked")
    private void constants(Map<String, Object> all, String name) {
        map(schema(mapping.get(name)).get("properties")).forEach((property, declared) -> {
            var reference = map(declared).get("$ref");
            if (all.get(property) instanceof Map<?, ?> inner) {
                mapping.forEach((other, target) -> {
                    if (target.equals(reference)) {
                        ((Map<String, Object>) inner).put("name", other);
                    }
                });
            }
        });
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

    /** @param needed whether the object that has these fields is */
    private List<Field> fields(String prefix, Map<String, Object> schema, boolean needed) {
        var required = schema.get("required") instanceof List<?> names ? names : List.of();
        var all = new ArrayList<Field>();
        map(schema.get("properties")).forEach((name, declared) -> {
            var property = map(declared);
            if (name.equals("name")) {
                return; // of the method itself, or of one whose place allows no other
            }
            boolean must = needed && required.contains(name);
            var target = resolved(property);
            if (target.containsKey("properties")) {
                all.addAll(fields(prefix + name + ".", target, must));
                return;
            }
            var items = target.get("items") == null ? Map.<String, Object>of() : resolved(map(target.get("items")));
            all.add(new Field(
                    prefix + name,
                    target.containsKey("oneOf")
                            ? "method"
                            : target.get("items") == null
                                    ? String.valueOf(target.getOrDefault("type", "string"))
                                    : "list",
                    must,
                    target.get("example") instanceof List<?> lines
                            ? lines.stream().map(String::valueOf).collect(Collectors.joining("\n"))
                            : text(target.get("example")),
                    text(target.get("description")),
                    target.get("enum") instanceof List<?> values
                            ? values.stream().map(String::valueOf).toList()
                            : List.of(),
                    map(items.get("properties")).entrySet().stream()
                            .map(column -> new Column(
                                    column.getKey(),
                                    String.valueOf(map(column.getValue()).getOrDefault("type", "string"))))
                            .toList()));
        });
        return all;
    }

    private Map<String, Object> resolved(Map<String, Object> property) {
        var reference = property.get("$ref");
        return reference == null ? property : schema(String.valueOf(reference));
    }

    private Map<String, Object> schema(@Nullable String reference) {
        return Objects.requireNonNull(
                schemas.get(Objects.requireNonNull(reference).replace(REFERENCE, "")), reference);
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
