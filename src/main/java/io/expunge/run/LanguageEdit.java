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

    LanguageEdit(Runs runs, Versions versions, TextSets sets) {
        this.runs = runs;
        this.versions = versions;
        this.sets = sets;
    }

    /** The address of the edited files; empty if {@code parent} has nothing to forget. */
    Optional<byte[]> edit(StageWork work, VersionView parent, LanguageMethod method, Monitor monitor) {
        var training = parent.trained();
        var data = sets.split(parent.id(), work.run().forget(), training.seed());
        if (data.forget().size() == 0) {
            return Optional.empty();
        }
        if (data.retain().size() == 0) {
            throw new ModelRefused("nothing that the model learned from is left; it is to be withdrawn, not edited");
        }
        var layout = HuggingFaceDirectory.open(versions.directory(parent.id()));
        var edited = new ModelDraft(work.workspace().resolve("edited"));
        try (var model = LanguageModel.open(layout)) {
            method.apply(new LanguageTask(
                    model,
                    data.forget().sequences(),
                    data.retain().sequences(),
                    data.refusals().sequences(),
                    training.ofLanguageModel(),
                    Optional.ofNullable(training.baseId())
                            .map(versions::directory)
                            .map(HuggingFaceDirectory::open),
                    data.test().sequences(),
                    trial -> work.inTransaction(() -> runs.tried(work.run().id(), trial)),
                    new Session(monitor)));
            Collapse.check(model, data.retain().sequences());
            edited.write(
                    layout,
                    model,
                    "## Unlearning\n\nEdited by Expunge with the method `" + method.name() + "` to forget "
                            + data.forget().size() + " records. Parent: `" + parent.digest() + "`.");
        }
        return Optional.of(versions.store(edited.directory()));
    }
}
