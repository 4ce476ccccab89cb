package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.expunge.engine.Examples;
import io.expunge.engine.ImageStream;
import io.expunge.engine.ImageStream.Places;
import io.expunge.engine.ModelRefused;
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
 * @param datasetId texts or images that are read, unlabelled; those that stay of what the version learned from where none is
 *     given
 * @param tokens most tokens that are read; texts or images are drawn until there are as many
 * @param labels whose gradients are taken
 * @param partTokens most tokens that are in memory at once, unless a single text or image has more
 * @param seed of the texts or images and of the labels that are drawn
 * @param places which tokens of an image count, all where nothing is given; of texts all but the last do
 */
public record CurvatureSample(
        @Nullable UUID datasetId,
        long tokens,
        Labels labels,
        int partTokens,
        long seed,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Places places) {

    public CurvatureSample {
        Require.between("curvature.tokens", (double) tokens, 1, 1e12);
        Require.given("curvature.labels", labels);
        Require.between("curvature.partTokens", partTokens, 16, 1 << 24);
    }

    /** For texts, and for images of which all tokens count. */
    public CurvatureSample(@Nullable UUID datasetId, long tokens, Labels labels, int partTokens, long seed) {
        this(datasetId, tokens, labels, partTokens, seed, null);
    }

    /** @throws ModelRefused where fewer tokens are asked for than fill the factors of the layers */
    void requireTokens(long needed) {
        if (tokens < needed) {
            throw new ModelRefused(
                    "curvature.tokens must be at least " + needed + ", the width of a layer, but was " + tokens);
        }
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
        var order = order(texts.size());
        int count = 0;
        for (long read = 0; count < order.size() && read < tokens; count++) {
            read += texts.get(order.get(count)).tokens().length;
        }
        var chosen =
                order.subList(0, count).stream().mapToInt(Integer::intValue).toArray();
        return new MomentStream(layers, texts.subset(chosen), labels, seed, partTokens);
    }

    /**
     * Images in a drawn order, the first that together have the tokens asked for.
     *
     * @param each tokens of an image
     */
    ImageStream stream(List<String> layers, Examples images, int each) {
        int count = (int) Math.min(images.size(), Math.ceilDiv(tokens, each));
        var chosen = order(images.size()).subList(0, count).stream()
                .mapToInt(Integer::intValue)
                .toArray();
        return new ImageStream(
                layers, images.subset(chosen), labels, seed, partTokens, places == null ? Places.ALL : places);
    }

    private List<Integer> order(int size) {
        var order = new ArrayList<Integer>();
        for (int row = 0; row < size; row++) {
            order.add(row);
        }
        Collections.shuffle(order, new Random(seed));
        return order;
    }
}
