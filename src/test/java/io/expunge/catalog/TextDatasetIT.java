package io.expunge.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class TextDatasetIT extends HttpTest {

    private static final String QUESTIONS = """
            {"question": "Where was Béla born?", "answer": "In Győr.", "author": "bela-7", "id": 1}

            {"question": "What did she write?", "answer": "\\u201eTin\\u201c.", "author": 12, "paraphrases": ["Her book?"]}
            {"question": "Who is it?", "answer": "Béla.", "author": "bela-7", "note": {"any": [1]}}
            {"question": "What is the capital?", "answer": "Rome.", "author": null}
            """;

    @Autowired
    private SubjectIndex index;

    @Autowired
    private Pseudonyms pseudonyms;

    @Test
    void linesBecomeRecordsOfPeopleWhoseFieldIsNotKept() throws Exception {
        var engineer = as("ENGINEER");
        var id = declare(engineer, Map.of("name", "text", "subject", "author"));
        var ready = engineer.put("/v1/datasets/" + id + "/parts/records", gzip(QUESTIONS))
                .with(200)
                .body();
        assertThat(ready.get("records").asInt()).isEqualTo(4);
        assertThat(ready.get("subjects").asInt()).isEqualTo(2);
        assertThat(ready.get("kind").asString()).isEqualTo("question");

        var controller = UUID.fromString(engineer.get("/v1/whoami").with(200).text("controllerId"));
        assertThat(ordinals(controller, "bela-7")).containsExactly(0, 2);
        assertThat(ordinals(controller, "12")).containsExactly(1);

        var directory = dataDirectory().resolve("artifacts/datasets/" + id);
        assertThat(new TextFiles(directory, 4).at(3, 1, 0))
                .containsExactly(
                        new TextRow("What is the capital?", "Rome.", List.of()),
                        new TextRow("What did she write?", "„Tin“.", List.of("Her book?")),
                        new TextRow("Where was Béla born?", "In Győr.", List.of()));
        try (var files = Files.list(directory)) {
            for (var file : files.toList()) {
                assertThat(new String(Files.readAllBytes(file), UTF_8)).doesNotContain("bela-7", "author", "note");
            }
        }
    }

    @Test
    void completionsAndTextsAreToldByTheirFirstLineOrDeclared() {
        var engineer = as("ENGINEER");
        var pairs = declare(engineer, Map.of("name", "text"));
        assertThat(engineer.put(
                                "/v1/datasets/" + pairs + "/parts/records",
                                "{\"input\":\"a\",\"output\":\"b\"}".getBytes(UTF_8))
                        .with(200)
                        .text("kind"))
                .isEqualTo("completion");
        var texts = declare(engineer, Map.of("name", "text", "kind", "text"));
        assertThat(engineer.put(
                                "/v1/datasets/" + texts + "/parts/records",
                                "{\"input\":\"a\",\"output\":\"b\"}".getBytes(UTF_8))
                        .with(422)
                        .body()
                        .get("detail")
                        .asString())
                .contains("line 1", "text");
        assertThat(engineer.put("/v1/datasets/" + texts + "/parts/records", "{\"text\":\"a\"}\r\n".getBytes(UTF_8))
                        .with(200)
                        .text("kind"))
                .isEqualTo("text");
    }

    @Test
    void aSubjectFieldThatHoldsTheTextIsRefused() {
        var refused = as("ENGINEER")
                .post("/v1/datasets", Map.of("name", "d", "format", Map.of("name", "text", "subject", "answer")))
                .with(400);
        assertThat(refused.body().get("detail").asString()).contains("format.subject");
    }

    private List<Integer> ordinals(UUID controller, String person) {
        return index
                .resolve(controller, List.of(pseudonyms.of(controller, person)), List.of(), List.of())
                .records()
                .stream()
                .map(RecordRef::ordinal)
                .toList();
    }

    private static String declare(Caller engineer, Map<String, Object> format) {
        return engineer.post("/v1/datasets", Map.of("name", "texts", "format", format))
                .with(201)
                .text("id");
    }

    private static byte[] gzip(String text) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(UTF_8));
        }
        return bytes.toByteArray();
    }
}
