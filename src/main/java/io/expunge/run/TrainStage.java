package io.expunge.run;

import io.expunge.catalog.Models;
import io.expunge.engine.LanguageArchitecture;
import io.expunge.engine.NetworkArchitecture;
import org.springframework.stereotype.Component;

/** Trains a version and publishes it. */
@Component
class TrainStage implements StageHandler {

    private final Models models;
    private final NetworkTraining networks;
    private final LanguageTraining languageModels;

    TrainStage(Models models, NetworkTraining networks, LanguageTraining languageModels) {
        this.models = models;
        this.networks = networks;
        this.languageModels = languageModels;
    }

    @Override
    public Stage stage() {
        return Stage.TRAIN;
    }

    @Override
    public void execute(StageWork work) {
        switch (models.model(work.run().modelId()).architecture()) {
            case NetworkArchitecture network -> networks.train(work, network);
            case LanguageArchitecture language -> languageModels.train(work, language);
        }
    }
}
