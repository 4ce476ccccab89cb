package io.expunge.run;

import io.expunge.catalog.TrainingSource;
import io.expunge.engine.Recipe;

/** What a training run trains. */
record TrainingOrder(TrainingSource source, Recipe recipe, long seed) {}
