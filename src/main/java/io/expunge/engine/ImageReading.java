package io.expunge.engine;

import ai.djl.ndarray.NDManager;
import java.util.stream.IntStream;

/** Images on their way through a network; each is one prediction. */
final class ImageReading implements MomentReading {

    private final Network network;
    private final ImageStream stream;
    private final int tokens;
    private final int atOnce;

    /** @param tokens of an image */
    ImageReading(Network network, ImageStream stream, int tokens) {
        this.network = network;
        this.stream = stream;
        this.tokens = tokens;
        this.atOnce = Math.max(1, stream.partTokens() / tokens);
    }

    @Override
    public int batches() {
        return Math.ceilDiv(stream.images().size(), atOnce);
    }

    @Override
    public int examples(int batch) {
        return Math.min(atOnce, stream.images().size() - batch * atOnce);
    }

    @Override
    public long tokens(int batch) {
        return (long) tokens * examples(batch);
    }

    @Override
    public Outputs read(NDManager space, int batch, Tap tap) {
        int first = batch * atOnce;
        var images = stream.images()
                .subset(IntStream.range(first, first + examples(batch)).toArray());
        var logits = network.tapped(space, images, tap);
        return new Outputs(logits, images.labelsOn(space), rows(images.size()));
    }

    private long[] rows(int images) {
        int each = stream.places() == ImageStream.Places.ALL ? 1 : tokens;
        return IntStream.range(0, images * tokens / each)
                .mapToLong(i -> (long) i * each)
                .toArray();
    }
}
