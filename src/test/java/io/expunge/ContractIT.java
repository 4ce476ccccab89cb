package io.expunge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Architecture;
import io.expunge.engine.DecoderSizes;
import io.expunge.engine.Recipe;
import io.expunge.engine.TextRecipe;
import io.expunge.method.CurvatureSample;
import io.expunge.method.LayerShare;
import io.expunge.method.Method;
import io.expunge.method.ProtectedTexts;
import io.expunge.method.Retention;
import io.expunge.method.Schedule;
import io.expunge.method.TextMatching;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.yaml.snakeyaml.Yaml;

/** openapi.yaml, the handlers and the records say the same thing. */
class ContractIT extends HttpTest {

    private static final Map<String, Object> CONTRACT = contract();

    @Autowired
    @Qualifier("requestMappingHandlerMapping") private RequestMappingHandlerMapping handlers;

    @Test
    void everyOperationHasAHandlerAndEveryHandlerAnOperation() {
        var promised = new TreeSet<String>();
        at("paths")
                .forEach((path, item) -> ((Map<?, ?>) item)
                        .keySet()
                        .forEach(verb -> promised.add(verb.toString().toUpperCase(Locale.ROOT) + " " + path)));
        var served = handlers.getHandlerMethods().entrySet().stream()
                .filter(entry -> entry.getValue().getBeanType().getPackageName().startsWith("io.expunge"))
                // pages are no part of the contract, though all that they do is; foreign protocols are others'
                // contracts
                .filter(entry -> !Set.of("io.expunge.console", "io.expunge.intake")
                        .contains(entry.getValue().getBeanType().getPackageName()))
                .flatMap(entry -> entry.getKey().getPatternValues().stream()
                        .map(path -> entry.getKey()
                                        .getMethodsCondition()
                                        .getMethods()
                                        .iterator()
                                        .next()
                                        .name()
                                + " " + path))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(served).isEqualTo(promised);
    }

    @Test
    @SuppressWarnings("unchecked")
    void everyWordOfAFilterIsUnderstood() {
        var all = as("ENGINEER", "PRIVACY_OFFICER", "AUDITOR", "ADMIN");
        var tried = new TreeSet<String>();
        at("paths").forEach((path, item) -> {
            var get = (Map<String, Object>) ((Map<String, Object>) item).get("get");
            if (get == null || path.contains("{")) {
                return;
            }
            for (var parameter : (List<Map<String, Object>>) get.getOrDefault("parameters", List.of())) {
                var schema = (Map<String, Object>) parameter.getOrDefault("schema", Map.of());
                var ref = (String) schema.getOrDefault("$ref", "");
                if (!ref.isEmpty()) {
                    schema = at("components", "schemas", ref.substring(ref.lastIndexOf('/') + 1));
                }
                for (var word : (List<String>) schema.getOrDefault("enum", List.of())) {
                    var asked = path + "?" + parameter.get("name") + "=" + word;
                    all.get(asked).with(200);
                    tried.add(asked);
                }
            }
        });
        assertThat(tried).contains("/v1/runs?state=awaiting_approval", "/v1/erasure-requests?state=no_match");
    }

    static Stream<Class<?>> records() {
        return Stream.of(
                        Stream.<Class<?>>of(
                                Recipe.class,
                                TextRecipe.class,
                                DecoderSizes.class,
                                Schedule.class,
                                Retention.class,
                                CurvatureSample.class,
                                LayerShare.class,
                                TextMatching.class,
                                ProtectedTexts.class),
                        permitted(Method.class),
                        permitted(Architecture.class))
                .flatMap(all -> all)
                .distinct();
    }

    private static Stream<Class<?>> permitted(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(ContractIT::permitted)
                : Stream.of(type);
    }

    @ParameterizedTest
    @MethodSource("records")
    void everyComponentOfARecordIsInItsSchema(Class<?> record) {
        var named = record.getAnnotation(JsonTypeName.class);
        var expected = Arrays.stream(record.getRecordComponents())
                .map(RecordComponent::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        if (named != null) {
            expected.add("name");
        }
        var schema = named == null
                ? at(
                        "components",
                        "schemas",
                        record.getPackage().equals(Method.class.getPackage())
                                ? record.getSimpleName() + "Method"
                                : record.getSimpleName())
                : schemaOf(Method.class.isAssignableFrom(record) ? "Method" : "Architecture", named.value());
        assertThat(properties(schema)).isEqualTo(expected);
    }

    @Test
    void everyOperationButHealthWantsAKey() {
        for (var path : at("paths").keySet()) {
            if (!path.contains("{")) {
                assertThat(nobody().get(path).status()).as(path).isIn(401, 405);
            }
        }
        assertThat(nobody().get("/actuator/health").status()).isEqualTo(200);
        assertThat(nobody().get("/actuator/prometheus").status()).isEqualTo(401);
        assertThat(nobody().get("/anything").status()).isIn(401, 403);
        assertThat(as("AUDITOR").get("/v1/api-keys").status()).isEqualTo(403);
    }

    private static Map<String, Object> schemaOf(String type, String name) {
        var mapping = at("components", "schemas", type, "discriminator", "mapping");
        assertThat(mapping).as("openapi.yaml maps " + name).containsKey(name);
        var ref = (String) mapping.get(name);
        return at("components", "schemas", ref.substring(ref.lastIndexOf('/') + 1));
    }

    @SuppressWarnings("unchecked")
    private static Set<String> properties(Map<String, Object> schema) {
        return new TreeSet<>(((Map<String, Object>) schema.get("properties")).keySet());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> at(String... path) {
        var node = CONTRACT;
        for (var key : path) {
            node = (Map<String, Object>) node.get(key);
            assertThat(node).as(key).isNotNull();
        }
        return node;
    }

    private static Map<String, Object> contract() {
        try (var in = Files.newInputStream(Path.of("openapi.yaml"))) {
            return new Yaml().load(in);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
