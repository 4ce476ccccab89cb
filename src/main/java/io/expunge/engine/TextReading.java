package io.expunge.engine;

import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Texts on their way through a language model; every token but the first of each is predicted. */
final class TextReading implements MomentReading {

    /** Logits that are in memory at a time, unless a single text has more. */
    private static final long LOGITS_AT_ONCE = 1L << 26;

    private final LanguageModel model;
    private final MomentStream stream;
    private final List<int[]> batches = new ArrayList<>();

    TextReading(LanguageModel model, MomentStream stream) {
        this.model = model;
        this.stream = stream;
        cut();
    }

    private void cut() {
        long most = Math.max(1, LOGITS_AT_ONCE / model.decoder().vocabulary());
        most = Math.min(most, stream.partTokens());
        var rows = new ArrayList<Integer>();
        long tokens = 0;
        for (int row = 0; row < stream.texts().size(); row++) {
            int length = stream.texts().get(row).tokens().length;
            if (!rows.isEmpty() && tokens + length > most) {
                batches.add(rows.stream().mapToInt(Integer::intValue).toArray());
                rows.clear();
                tokens = 0;
            }
            rows.add(row);
            tokens += length;
        }
        batches.add(rows.stream().mapToInt(Integer::intValue).toArray());
    }

    @Override
    public int batches() {
        return batches.size();
    }

    @Override
    public int examples(int batch) {
        return batches.get(batch).length;
    }

    @Override
    public long tokens(int batch) {
        return stream.texts().subset(batches.get(batch)).tokens();
    }

    @Override
    public Outputs read(NDManager space, int number, Tap tap) {
        var tokens = stream.texts().subset(batches.get(number)).all().stream()
                .map(Sequences.Sequence::tokens)
                .toList();
        var firstTargets = new int[tokens.size()];
        Arrays.fill(firstTargets, 1);
        var batch = TokenBatch.of(space, model.decoder(), tokens, firstTargets);
        var predicted = batch.rows().toLongArray();
        var pass = new DecoderPass(model.decoder(), model.parameters().fixed(), space, Precision.FP32, tap);
        return new Outputs(pass.logits(pass.hidden(batch), predicted), batch.targets(), predicted);
    }
}
