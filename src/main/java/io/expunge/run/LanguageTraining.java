package io.expunge.run;

import io.expunge.catalog.Candidate;
import io.expunge.catalog.TextSets;
import io.expunge.catalog.Training;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.Collapse;
import io.expunge.engine.HuggingFaceDirectory;
import io.expunge.engine.LanguageArchitecture;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.LanguageObjective;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Seeds;
import io.expunge.engine.Sequences;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextEncoding;
import io.expunge.erasure.Forgotten;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Trains language models, from random weights or from those of a base. */
@Component
class LanguageTraining {

    private final Runs runs;
    private final Versions versions;
    private final TextSets sets;
    private final Forgotten forgotten;

    LanguageTraining(Runs runs, Versions versions, TextSets sets, Forgotten forgotten) {
        this.runs = runs;
        this.versions = versions;
        this.sets = sets;
        this.forgotten = forgotten;
    }

    void train(StageWork work, LanguageArchitecture architecture) {
        var run = work.run();
        var order = runs.trainingOrder(run.id());
        var data = sets.training(
                order.source(),
                forgotten.ofDataset(run.controller(), order.source().datasetId()));
        if (data.train().isEmpty()) {
            throw new ModelRefused("nothing is left to learn from");
        }
        var begin = begin(work, architecture, order, data);
        var trained = new ModelDraft(work.workspace().resolve("trained"));
        Map<String, Double> metrics;
        try (var model = LanguageModel.open(begin);
                var tokenizer = begin.tokenizer(model.decoder().vocabulary())) {
            var encoding = new TextEncoding(tokenizer);
            var train = encoding.encode(data.train());
            new Session(work.monitor("training-" + train.size()))
                    .descend(
                            model,
                            new TextDescent(
                                    "training",
                                    order.ofLanguageModel(),
                                    Seeds.derive(order.seed(), -1),
                                    List.of(TextDescent.Source.of(train)),
                                    LanguageObjective::crossEntropy));
            Collapse.check(model, train);
            metrics = data.test().isEmpty() ? Map.of() : Map.of("testLoss", loss(model, encoding.encode(data.test())));
            trained.write(begin, model, "## Training\n\nTrained by Expunge on " + train.size() + " records.");
        }
        var address = versions.store(trained.directory());
        work.inTransaction(() -> runs.trained(
                run.id(),
                new Candidate(
                        run.modelId(),
                        null,
                        run.id(),
                        VersionView.Origin.TRAINED,
                        order,
                        address,
                        List.copyOf(data.forgotten())),
                metrics));
    }

    /** The directory that the weights come from and whose layout the trained ones get. */
    private HuggingFaceDirectory begin(
            StageWork work, LanguageArchitecture architecture, Training order, TextSets.Split data) {
        if (order.baseId() != null) {
            return HuggingFaceDirectory.open(versions.directory(order.baseId()));
        }
        var sizes = Objects.requireNonNull(architecture.sizes());
        // named by what the tokenizer is learned from: an attempt that finds fewer texts learns another one
        var directory = work.workspace().resolve("random-" + data.train().size());
        if (Files.exists(directory)) {
            return HuggingFaceDirectory.open(directory);
        }
        var vocabulary = TextSets.vocabulary(sizes, data.train());
        return LanguageModel.create(directory, sizes.decoder(vocabulary.size()), vocabulary, order.seed());
    }

    /** Mean over all tokens that are to be predicted, in nats. */
    private static double loss(LanguageModel model, Sequences sequences) {
        double sum = 0;
        long tokens = 0;
        for (var score : model.score(sequences)) {
            sum -= score.logLikelihood();
            tokens += score.logProbabilities().length;
        }
        return sum / tokens;
    }
}
