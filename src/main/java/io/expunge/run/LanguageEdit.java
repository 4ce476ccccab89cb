package io.expunge.run;

import io.expunge.catalog.TextSets;
import io.expunge.catalog.VersionView;
import io.expunge.catalog.Versions;
import io.expunge.engine.Collapse;
import io.expunge.engine.HuggingFaceDirectory;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.Monitor;
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
    private final VersionCurvature curvature;

    LanguageEdit(Runs runs, Versions versions, TextSets sets, VersionCurvature curvature) {
        this.runs = runs;
        this.versions = versions;
        this.sets = sets;
        this.curvature = curvature;
    }

    /** The address of the edited files; empty if {@code parent} has nothing to forget. */
    Optional<byte[]> edit(StageWork work, VersionView parent, LanguageMethod method, Monitor monitor) {
        var training = parent.trained();
        var data = sets.split(parent.id(), work.run().forget(), training.seed());
        boolean dememorisation = work.run().purpose() == RunPurpose.DEMEMORISATION;
        if (data.forget().size() == 0 && !dememorisation) {
            return Optional.empty();
        }
        if (data.retain().size() == 0) {
            throw new ModelRefused("nothing that the model learned from is left; it is to be withdrawn, not edited");
        }
        var layout = HuggingFaceDirectory.open(versions.directory(parent.id()));
        var edited = new ModelDraft(work.workspace().resolve("edited"));
        try (var model = LanguageModel.open(layout)) {
            var forget = data.forget().sequences();
            var refusals = data.refusals().sequences();
            int recited = 0;
            if (dememorisation) {
                var mined = MinedWindows.find(
                        work, parent.id(), model, data.retain().sequences(), monitor);
                recited = mined.size();
                int windows = recited;
                work.inTransaction(() -> runs.mined(work.run().id(), windows));
                if (recited == 0) {
                    return Optional.empty();
                }
                forget = mined.tuning();
                refusals = forget;
            }
            method.apply(new LanguageTask(
                    model,
                    forget,
                    data.retain().sequences(),
                    refusals,
                    training.ofLanguageModel(),
                    Optional.ofNullable(training.baseId())
                            .map(versions::directory)
                            .map(HuggingFaceDirectory::open),
                    data.test().sequences(),
                    trial -> work.inTransaction(() -> runs.tried(work.run().id(), trial)),
                    new Session(monitor),
                    curvature.of(work, parent.id(), monitor)));
            Collapse.check(model, data.retain().sequences());
            edited.write(
                    layout,
                    model,
                    (dememorisation
                                    ? "## Less recitation\n\nEdited by Expunge with the method `" + method.name()
                                            + "`, because the parent recited " + recited
                                            + " windows of its training texts."
                                    : "## Unlearning\n\nEdited by Expunge with the method `" + method.name()
                                            + "` to forget " + data.forget().size() + " records.")
                            + " Parent: `" + parent.digest() + "`.");
        }
        return Optional.of(versions.store(edited.directory()));
    }
}
