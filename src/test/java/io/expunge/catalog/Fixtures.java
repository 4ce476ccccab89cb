package io.expunge.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.expunge.HttpTest;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Bodies and small data sets that several tests send. */
public final class Fixtures {

    public static final Map<String, Object> RECIPE = Map.of(
            "epochs",
            1,
            "batchSize",
            8,
            "learningRate",
            0.1,
            "momentum",
            0.9,
            "weightDecay",
            0,
            "schedule",
            "CONSTANT",
            "augment",
            false);

    /** Takes the rows of {@link #table}. */
    public static final Map<String, Object> MODEL =
            Map.of("name", "m", "architecture", Map.of("name", "mlp", "inputs", 2, "hidden", List.of(4), "classes", 2));

    private Fixtures() {}

    /** A ready data set of 60 rows about 20 people, ann among them. */
    public static String table(HttpTest.Caller engineer) {
        var format = Map.of(
                "name",
                "csv",
                "columns",
                List.of(
                        Map.of("name", "person", "kind", "subject"),
                        Map.of("name", "a", "kind", "numeric"),
                        Map.of("name", "b", "kind", "numeric"),
                        Map.of("name", "label", "kind", "label")));
        var id = engineer.post("/v1/datasets", Map.of("name", "data", "format", format))
                .with(201)
                .text("id");
        var random = new Random(1);
        var rows = new StringBuilder("person,a,b,label\n");
        for (int i = 0; i < 60; i++) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            rows.append(i % 20 == 0 ? "ann" : "p" + i % 20)
                    .append("," + a + "," + b + "," + (a + b > 0 ? "yes" : "no") + "\n");
        }
        engineer.put("/v1/datasets/" + id + "/parts/rows", rows.toString().getBytes(UTF_8))
                .with(200);
        return id;
    }
}
