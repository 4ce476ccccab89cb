package io.expunge.run;

import static io.expunge.evidence.WholePathIT.trainedModel;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.expunge.engine.Mlp;
import io.expunge.engine.Monitor;
import io.expunge.engine.Recipe;
import io.expunge.engine.Seeds;
import io.expunge.engine.SmallCnn;
import io.expunge.engine.Trainer;
import io.expunge.influence.HalfDraw;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EnsembleIT extends EnsembleHttpTest {

    @Test
    void everyMemberLearnsFromItsPartAndSaysWhatThePlainTrainerWouldHaveItSay() {
        var model = trainedModel(engineer, "ensemble-idle", "e-");
        var version = UUID.fromString(champion(model));
        var id = ordered(model, "halves", 60, 4);
        assertThat(ensembles.newest(version, EnsembleKind.HALVES, List.of())).isEmpty();
        succeeded(id);

        var ensemble = engineer.get("/v1/ensembles/" + id).with(200).body();
        assertThat(ensemble.get("versionId").asString()).isEqualTo(version.toString());
        assertThat(ensemble.get("present").asInt()).isEqualTo(60);
        assertThat(ensemble.get("reused").asInt()).isZero();
        assertThat(ensemble.get("knowingForgotten").asInt()).isZero();
        assertThat(ensemble.get("state").asString()).isEqualTo("succeeded");
        assertThat(ensemble.get("membersPerMinute").asDouble()).isPositive();
        assertThat(ensemble.get("bytes").asLong()).isEqualTo(bytesOf(id));
        var listed =
                officer.get("/v1/ensembles?modelId=" + model).with(200).body().get("items");
        assertThat(listed.valueStream().toList()).containsExactly(ensemble);
        assertThat(officer.get("/v1/ensembles?modelId=" + UUID.randomUUID())
                        .with(200)
                        .body()
                        .get("items"))
                .isEmpty();

        assertThat(trail(id)).contains("run.shared", "run.members-trained", "run.gathered", "run.succeeded");
        var progress = engineer.get("/v1/runs/" + id).body().get("progress");
        assertThat(progress.get("done").asInt()).isEqualTo(60);
        assertThat(progress.get("total").asInt()).isEqualTo(60);
        assertThat(progress.get("rate").asDouble()).isPositive();
        assertThat(new String(engineer.download("/v1/runs/" + id + "/events"), UTF_8))
                .contains("\"kind\":\"ensemble\"");

        var found = ensembles.newest(version, EnsembleKind.HALVES, List.of()).orElseThrow();
        assertThat(found.id()).hasToString(id);
        var learned = sets.learned(version);
        var members = ensembles.members(found.id()).toList();
        assertThat(members).extracting(EnsembleMember::number).containsExactlyElementsOf(numbers(60));
        for (int number : new int[] {7, 55}) {
            var member = members.get(number);
            var stream = Seeds.derive(4, 1);
            assertThat(member.rows())
                    .isEqualTo(HalfDraw.rows(learned.train().size(), Seeds.derive(Seeds.derive(stream, 0), number)));
            assertThat(member.logits().train()).hasDimensions(learned.train().size(), 2);
            var recipe = new Recipe(15, 64, 0.1, 0.9, 1e-4, Recipe.Schedule.COSINE, false);
            try (var alone = Trainer.train(
                    new Mlp(2, List.of(32), 2),
                    recipe,
                    learned.train().subset(member.rows()),
                    Seeds.derive(Seeds.derive(stream, 1), number),
                    Monitor.NONE)) {
                close(member.logits().train(), alone.logits(learned.train()));
                close(member.logits().test(), alone.logits(learned.test()));
            }
        }
    }

    @Test
    void whatExistsIsNotTrainedAgain() {
        var model = trainedModel(engineer, "ensemble-idle", "trained-again-");
        var first = ordered(model, "halves", 12, 9);
        succeeded(first);
        var before = files(first);
        var same = ordered(model, "halves", 12, 9);
        succeeded(same);
        assertThat(ensemble(same, "reused")).isEqualTo(12);
        assertThat(engineer.get("/v1/ensembles/" + same).body().has("membersPerMinute"))
                .isFalse();
        var larger = ordered(model, "halves", 70, 9);
        succeeded(larger);
        assertThat(ensemble(larger, "present")).isEqualTo(70);
        assertThat(ensemble(larger, "reused")).isEqualTo(12);
        assertThat(files(larger)).containsAll(before).hasSize(70);
        var otherwise = ordered(model, "halves", 12, 10);
        succeeded(otherwise);
        assertThat(ensemble(otherwise, "reused")).isZero();
        assertThat(files(otherwise)).doesNotContainAnyElementsOf(files(larger));

        engineer.delete("/v1/ensembles/" + first).with(204);
        engineer.get("/v1/ensembles/" + first).with(404);
        assertThat(before).as("two other ensembles have them").allMatch(Files::exists);
        engineer.delete("/v1/ensembles/" + same).with(204);
        var all = files(larger);
        engineer.delete("/v1/ensembles/" + larger).with(204);
        assertThat(all).noneMatch(Files::exists);
        assertThat(trail(larger)).contains("ensemble.condemned", "ensemble.erased", "\"members\":70");
        assertThat(files(otherwise)).hasSize(12).allMatch(Files::exists);
    }

    @Test
    void aMemberWhoseFileIsLostIsTrainedAgain() throws Exception {
        var model = trainedModel(engineer, "ensemble-idle", "lost-");
        var first = ordered(model, "originals", 3, 1);
        succeeded(first);
        var lost = files(first).iterator().next();
        Files.delete(lost);
        var second = ordered(model, "originals", 3, 1);
        succeeded(second);
        assertThat(ensemble(second, "reused")).isEqualTo(2);
        assertThat(lost).exists();
        var rows = ensembles
                .members(UUID.fromString(second))
                .map(EnsembleMember::rows)
                .toList();
        assertThat(rows).allMatch(row -> row.length == sets.ordinals(UUID.fromString(champion(model))).length);
    }

    @Test
    void otherNetworksAreTrainedOneByOneAndSayExactlyWhatThePlainTrainerHasThemSay() {
        var dataset = engineer.post("/v1/datasets", Map.of("name", "d", "format", Map.of("name", "idx")))
                .with(201)
                .text("id");
        var random = new java.util.Random(1);
        var images = java.nio.ByteBuffer.allocate(16 + 60 * 64)
                .putInt(0x803)
                .putInt(60)
                .putInt(8)
                .putInt(8);
        var labels = java.nio.ByteBuffer.allocate(8 + 60).putInt(0x801).putInt(60);
        for (int i = 0; i < 60; i++) {
            labels.put((byte) (i % 2));
            for (int pixel = 0; pixel < 64; pixel++) {
                images.put((byte) (random.nextInt(128) + (i % 2 == 0 ? 0 : 100)));
            }
        }
        engineer.put("/v1/datasets/" + dataset + "/parts/images", images.array())
                .with(200);
        engineer.put("/v1/datasets/" + dataset + "/parts/labels", labels.array())
                .with(200);
        var model = untrained(Map.of("name", "small-cnn", "channels", 1, "height", 8, "width", 8, "classes", 2));
        var recipe = new Recipe(2, 16, 0.05, 0.9, 0, Recipe.Schedule.CONSTANT, true);
        var training = Map.of(
                "modelId",
                model,
                "data",
                Map.of("datasetId", dataset),
                "recipe",
                JSON.convertValue(recipe, Map.class),
                "seed",
                1);
        succeeded(engineer.post("/v1/training-runs", training).with(202).text("id"));
        var id = ordered(model, "halves", 7, 8);
        succeeded(id);
        var learned = sets.learned(UUID.fromString(champion(model)));
        var members = ensembles.members(UUID.fromString(id)).toList();
        assertThat(members).hasSize(7);
        var last = members.getLast();
        try (var alone = Trainer.train(
                new SmallCnn(1, 8, 8, 2),
                recipe,
                learned.train().subset(last.rows()),
                Seeds.derive(Seeds.derive(Seeds.derive(8, 1), 1), 6),
                Monitor.NONE)) {
            assertThat(last.logits().train()).isDeepEqualTo(alone.logits(learned.train()));
            assertThat(last.logits().test()).isDeepEqualTo(alone.logits(learned.test()));
        }
    }

    @Test
    void retrainedMembersLearnFromAllButThoseWhomTheRequestsName() {
        var model = trainedModel(engineer, "ensemble-idle", "without-");
        var version = UUID.fromString(champion(model));
        var request = request(people("without-", 3));
        state(request, "resolved");
        var id = ordered(model, "retrained", 4, 2, List.of(request));
        succeeded(id);
        assertThat(engineer.get("/v1/runs/" + id).body().has("dueAt")).isTrue();
        assertThat(officer.get("/v1/erasure-requests/" + request).text("state"))
                .as("an ensemble takes no request up")
                .isEqualTo("resolved");
        assertThat(ensembles.newest(version, EnsembleKind.RETRAINED, List.of())).isEmpty();
        var found = ensembles
                .newest(version, EnsembleKind.RETRAINED, List.of(UUID.fromString(request)))
                .orElseThrow();
        var ordinals = sets.ordinals(version);
        ensembles.members(found.id()).forEach(member -> {
            assertThat(Arrays.stream(member.rows()).map(row -> ordinals[row]))
                    .noneMatch(ordinal -> ordinal < 3 * RECORDS_OF_A_PERSON)
                    .hasSize((int) Arrays.stream(ordinals)
                            .filter(ordinal -> ordinal >= 3 * RECORDS_OF_A_PERSON)
                            .count());
            assertThat(member.logits().train()).hasNumberOfRows(ordinals.length);
        });
    }

    private static void close(float[][] one, float[][] other) {
        assertThat(one.length).isEqualTo(other.length);
        for (int i = 0; i < one.length; i++) {
            assertThat(one[i]).containsExactly(other[i], within(5e-3f));
        }
    }

    private long bytesOf(String id) {
        return files(id).stream()
                .mapToLong(file -> {
                    try {
                        return Files.size(file);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .sum();
    }

    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }
}
