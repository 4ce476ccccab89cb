package io.expunge.method;

import io.expunge.engine.MomentStream;
import io.expunge.engine.MomentStream.Labels;
import io.expunge.engine.Sequences;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What curvature is taken over.
 *
 * @param datasetId texts that are read, unlabelled; those that stay of what the version learned from where none is given
 * @param tokens most tokens that are read; texts are drawn until there are as many
 * @param labels whose gradients are taken
 * @param partTokens most tokens that are in memory at once, unless a single text has more
 * @param seed of the texts and labels that are drawn
 */
public record CurvatureSample(@Nullable UUID datasetId, long tokens, Labels labels, int partTokens, long seed) {

    public CurvatureSample {
        Require.between("curvature.tokens", (double) tokens, 1, 1e12);
        Require.given("curvature.labels", labels);
        Require.between("curvature.partTokens", partTokens, 16, 1 << 24);
    }

    /** Data sets that are read for it and for what is protected. */
    Set<UUID> datasets(List<ProtectedTexts> guarded) {
        var all = new TreeSet<UUID>();
        if (datasetId != null) {
            all.add(datasetId);
        }
        guarded.forEach(texts -> all.add(texts.datasetId()));
        return all;
    }

    /** Texts in a drawn order, the first that together have the tokens asked for. */
    MomentStream stream(List<String> layers, Sequences texts) {
        var order = new ArrayList<Integer>();
        for (int row = 0; row < texts.size(); row++) {
            order.add(row);
        }
        Collections.shuffle(order, new Random(seed));
        int count = 0;
        for (long read = 0; count < order.size() && read < tokens; count++) {
            read += texts.get(order.get(count)).tokens().length;
        }
        var chosen =
                order.subList(0, count).stream().mapToInt(Integer::intValue).toArray();
        return new MomentStream(layers, texts.subset(chosen), labels, seed, partTokens);
    }
}
