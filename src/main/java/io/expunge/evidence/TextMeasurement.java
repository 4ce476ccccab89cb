package io.expunge.evidence;

import io.expunge.catalog.TextSets;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.HuggingFaceDirectory;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.Seeds;
import io.expunge.engine.Session;
import io.expunge.engine.TextEncoding;
import io.expunge.method.ExactRetraining;
import io.expunge.method.LanguageTask;
import io.expunge.metric.RecitationBattery;
import io.expunge.metric.TextBattery;
import io.expunge.metric.TextEvaluationSets;
import io.expunge.run.MinedWindows;
import io.expunge.run.StageWork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.springframework.stereotype.Component;

/** Compares an edited language model with its parent and with retrained ones. */
@Component
class TextMeasurement {

    /** More texts than this make no interval that matters narrower. */
    private static final int MOST_TEXTS = 500;

    private final Versions versions;
    private final TextSets sets;

    TextMeasurement(Versions versions, TextSets sets) {
        this.versions = versions;
        this.sets = sets;
    }

    MeasureStage.Measured measure(StageWork work, VersionView parent, UUID candidate, int count) {
        var run = work.run();
        var data = sets.split(parent.id(), run.forget(), parent.trained().seed());
        var layout = HuggingFaceDirectory.open(versions.directory(parent.id()));
        var references = new ArrayList<LanguageModel>();
        double seconds = 0;
        try (var before = LanguageModel.open(layout);
                var after = LanguageModel.open(HuggingFaceDirectory.open(versions.directory(candidate)))) {
            for (int i = 0; i < count; i++) {
                seconds += reference(work, parent, layout, data, i, references);
            }
            var findings = new TextBattery(run.id().getLeastSignificantBits())
                    .measure(
                            before,
                            after,
                            references,
                            evaluation(data),
                            parent.trained().ofLanguageModel(),
                            work.monitor("measuring"));
            return new MeasureStage.Measured(findings, count == 0 ? 0 : seconds / count);
        } finally {
            references.forEach(LanguageModel::close);
        }
    }

    /** What an edit for nobody's request did: to what the parent recites, and to everything else. */
    MeasureStage.Measured recitation(StageWork work, VersionView parent, UUID candidate) {
        var data = sets.split(parent.id(), List.of(), parent.trained().seed());
        var others = data.test().size() > 0 ? data.test() : data.retain();
        try (var before = LanguageModel.open(HuggingFaceDirectory.open(versions.directory(parent.id())));
                var after = LanguageModel.open(HuggingFaceDirectory.open(versions.directory(candidate)));
                var tokenizer = sets.tokenizer(parent.id())) {
            var findings = new RecitationBattery(work.run().id().getLeastSignificantBits())
                    .measure(
                            before,
                            after,
                            MinedWindows.found(work, parent.id()).judged(),
                            others.sequences().subset(sample(others.size())),
                            new TextEncoding(tokenizer),
                            work.monitor("measuring"));
            return new MeasureStage.Measured(findings, 0);
        }
    }

    private static TextEvaluationSets evaluation(TextSets.Sets data) {
        var test = sample(data.test().size());
        return new TextEvaluationSets(
                data.forget().sequences(),
                texts(data.forget(), IntStream.range(0, data.forget().size()).toArray()),
                data.paraphrases().sequences(),
                data.retain().sequences().subset(sample(data.retain().size())),
                data.test().sequences().subset(test),
                texts(data.test(), test));
    }

    /** At most so many rows, evenly over all. */
    private static int[] sample(int size) {
        int count = Math.min(MOST_TEXTS, size);
        return IntStream.range(0, count)
                .map(i -> (int) ((long) i * size / count))
                .toArray();
    }

    private static List<String> texts(TextSets.Part part, int[] rows) {
        return Arrays.stream(rows)
                .mapToObj(row -> part.texts().get(row))
                .map(text -> text.prompt() + text.reply())
                .toList();
    }

    /** A model retrained without what is to be forgotten; kept in the run's workspace. Returns the seconds it took. */
    private double reference(
            StageWork work,
            VersionView parent,
            HuggingFaceDirectory layout,
            TextSets.Sets data,
            int index,
            List<LanguageModel> into) {
        // another parent has forgotten other records
        var name = "reference-" + index + "-" + parent.id();
        var file = work.workspace().resolve(name + ".safetensors");
        var time = work.workspace().resolve(name + ".seconds");
        try {
            var model = LanguageModel.open(layout);
            into.add(model);
            if (References.trained(time)) {
                model.restore(file);
            } else {
                long began = System.nanoTime();
                retrain(work, parent, model, data, index, name);
                model.save(file);
                References.record(time, (System.nanoTime() - began) / 1e9);
            }
            return Double.parseDouble(Files.readString(time));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void retrain(
            StageWork work, VersionView parent, LanguageModel model, TextSets.Sets data, int index, String name) {
        var training = parent.trained();
        new ExactRetraining(Seeds.derive(work.run().id().getLeastSignificantBits(), index))
                .apply(new LanguageTask(
                        model,
                        data.forget().sequences(),
                        data.retain().sequences(),
                        data.refusals().sequences(),
                        training.ofLanguageModel(),
                        Optional.ofNullable(training.baseId())
                                .map(versions::directory)
                                .map(HuggingFaceDirectory::open),
                        data.test().sequences(),
                        trial -> {},
                        new Session(work.monitor(name))));
    }
}
