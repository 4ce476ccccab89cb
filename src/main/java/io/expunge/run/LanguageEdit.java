package io.expunge.run;

import io.expunge.catalog.TextSets;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.Collapse;
import io.expunge.engine.HuggingFaceDirectory;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Monitor;
import io.expunge.engine.Sequences;
import io.expunge.engine.Session;
import io.expunge.method.LanguageMethod;
import io.expunge.method.LanguageTask;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Edits language models. */
@Component
class LanguageEdit {

    private final Runs runs;
    private final Versions versions;
    private final TextSets sets;
    private final TextPredictions predictions;
    private final VersionCurvature curvature;

    LanguageEdit(Runs runs, Versions versions, TextSets sets, TextPredictions predictions, VersionCurvature curvature) {
        this.runs = runs;
        this.versions = versions;
        this.sets = sets;
        this.predictions = predictions;
        this.curvature = curvature;
    }

    /**
     * What is to be lost.
     *
     * @param refusals for each of {@code forget} its prompt with a refusal
     * @param why a section of the model's card, with its heading
     */
    private record Target(Sequences forget, Sequences refusals, String why) {}

    /** The address of the edited files; empty if {@code parent} has nothing to forget. */
    Optional<byte[]> edit(StageWork work, VersionView parent, LanguageMethod method, Monitor monitor) {
        var training = parent.trained();
        var data = sets.split(parent.id(), work.run().forget(), training.seed());
        if (data.forget().size() == 0 && work.run().purpose() != RunPurpose.DEMEMORISATION) {
            return Optional.empty();
        }
        if (data.retain().size() == 0) {
            throw new ModelRefused("nothing that the model learned from is left; it is to be withdrawn, not edited");
        }
        var lesson = predictions.lesson(method, data, monitor);
        var layout = HuggingFaceDirectory.open(versions.directory(parent.id()));
        var edited = new ModelDraft(work.workspace().resolve("edited"));
        try (var model = LanguageModel.open(layout)) {
            var target = work.run().purpose() == RunPurpose.DEMEMORISATION
                    ? recited(work, parent, data, model, method, monitor)
                    : requested(data, method);
            if (target.forget().size() == 0) {
                return Optional.empty();
            }
            method.apply(new LanguageTask(
                    model,
                    target.forget(),
                    data.retain().sequences(),
                    target.refusals(),
                    training.ofLanguageModel(),
                    Optional.ofNullable(training.baseId())
                            .map(versions::directory)
                            .map(HuggingFaceDirectory::open),
                    data.test().sequences(),
                    trial -> work.inTransaction(() -> runs.tried(work.run().id(), trial)),
                    new Session(monitor),
                    curvature.of(work, parent.id(), monitor),
                    lesson.map(predicted -> predicted.apply(model))));
            Collapse.check(model, data.retain().sequences());
            edited.write(layout, model, target.why() + " Parent: `" + parent.digest() + "`.");
        }
        return Optional.of(versions.store(edited.directory()));
    }

    private static Target requested(TextSets.Sets data, LanguageMethod method) {
        return new Target(
                data.forget().sequences(),
                data.refusals().sequences(),
                "## Unlearning\n\nEdited by Expunge with the method `" + method.name() + "` to forget "
                        + data.forget().size() + " records.");
    }

    /** What the parent recites of its training texts, as much of it as the method may see. */
    private Target recited(
            StageWork work,
            VersionView parent,
            TextSets.Sets data,
            LanguageModel model,
            LanguageMethod method,
            Monitor monitor) {
        var mined = MinedWindows.find(work, parent.id(), model, data.retain().sequences(), monitor);
        work.inTransaction(() -> runs.mined(work.run().id(), mined.size()));
        return new Target(
                mined.tuning(),
                mined.tuning(),
                "## Less recitation\n\nEdited by Expunge with the method `" + method.name()
                        + "`, because the parent recited " + mined.size() + " windows of its training texts.");
    }
}
