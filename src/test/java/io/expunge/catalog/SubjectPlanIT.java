package io.expunge.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.expunge.HttpTest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

class SubjectPlanIT extends HttpTest {

    @Autowired
    private JdbcClient jdbc;

    @Autowired
    private Pseudonyms pseudonyms;

    @Test
    void onePersonIsLookedUpInTheIndexAlone() {
        var engineer = as("ENGINEER");
        var format = Map.of(
                "name",
                "csv",
                "header",
                false,
                "columns",
                List.of(
                        Map.of("name", "person", "kind", "subject"),
                        Map.of("name", "amount", "kind", "numeric"),
                        Map.of("name", "label", "kind", "label")));
        var id = engineer.post("/v1/datasets", Map.of("name", "plan", "format", format))
                .with(201)
                .text("id");
        var rows = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            rows.append("person-").append(i % 10_000).append(i % 2 == 0 ? ",1,yes\n" : ",2,no\n");
        }
        engineer.put("/v1/datasets/" + id + "/parts/rows", rows.toString().getBytes(UTF_8))
                .with(200);
        jdbc.sql("analyze subject_record").update();
        var controller = UUID.fromString(engineer.get("/v1/whoami").with(200).text("controllerId"));

        var plan = String.join(
                "\n",
                jdbc.sql("explain " + SubjectIndex.RESOLVE)
                        .param("controller", controller)
                        .param("pseudonyms", new byte[][] {
                            pseudonyms.of(controller, "person-7").bytes()
                        })
                        .param("datasets", new UUID[0])
                        .param("ordinals", new Integer[0])
                        .param("everywhere", true)
                        .param("only", new UUID[0])
                        .query(String.class)
                        .list());
        assertThat(plan).contains("subject_record_lookup").doesNotContain("Seq Scan on subject_record");
    }
}
