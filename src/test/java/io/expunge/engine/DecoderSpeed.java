package io.expunge.engine;

import ai.djl.ndarray.NDArray;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/** Prints how many tokens a second go forward and backward through a GPT-2 of ten million parameters. */
final class DecoderSpeed {

    private static final int STEPS = 12;

    private DecoderSpeed() {}

    public static void main(String[] arguments) {
        int width = Integer.getInteger("width", 320);
        var decoder = Decoder.gpt2(Integer.getInteger("vocabulary", 8192), 6, width, width / 64, 256);
        var random = new SplittableRandom(1);
        var sequences = new ArrayList<int[]>();
        var first = new int[32];
        for (int i = 0; i < first.length; i++) {
            sequences.add(random.ints(random.nextInt(60, 101), 0, decoder.vocabulary())
                    .toArray());
            first[i] = sequences.get(i).length / 3;
        }
        int parameters = DecoderTensors.of(decoder).values().stream()
                .mapToInt(DecoderTensors.Tensor::size)
                .sum();
        int tokens = sequences.stream().mapToInt(sequence -> sequence.length).sum();
        System.out.println(parameters + " parameters, " + tokens + " tokens in 32 sequences");
        for (var precision : Precision.values()) {
            Lane.hold(() -> {
                measure(decoder, sequences, first, tokens, precision);
                return 0;
            });
            generate(decoder, sequences, precision);
        }
    }

    /** Nanoseconds of this thread's processor, so that others who use the machine count less. */
    private static long time() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static void measure(Decoder decoder, List<int[]> sequences, int[] first, int tokens, Precision precision) {
        try (var manager = Torch.manager()) {
            var leaves = GoldenDecoders.arrays(manager, decoder, DecoderTensors.initial(decoder, 1));
            leaves.values().forEach(leaf -> leaf.setRequiresGradient(true));
            long[] spent = new long[4];
            for (int step = 0; step < STEPS; step++) {
                if (step == 2) {
                    spent = new long[4];
                }
                try (var scratch = manager.newSubManager();
                        var collector = Torch.engine().newGradientCollector()) {
                    long start = time();
                    var batch = TokenBatch.of(scratch, decoder, sequences, first);
                    var pass = new DecoderPass(decoder, leaves, scratch, precision);
                    var hidden = pass.hidden(batch);
                    long blocks = time();
                    NDArray loss =
                            pass.tokenLogProbabilities(hidden, batch).mean().neg();
                    loss.getFloat();
                    long head = time();
                    collector.backward(loss);
                    long end = time();
                    spent[0] += blocks - start;
                    spent[1] += head - blocks;
                    spent[2] += end - head;
                    spent[3] += end - start;
                }
            }
            int counted = STEPS - 2;
            System.out.printf(
                    "%s: %.0f tokens/s of processor time; ms of a step: blocks %.0f, head and loss %.0f, backward %.0f%n",
                    precision,
                    tokens * counted / (spent[3] / 1e9),
                    spent[0] / 1e6 / counted,
                    spent[1] / 1e6 / counted,
                    spent[2] / 1e6 / counted);
        }
    }

    private static void generate(Decoder decoder, List<int[]> sequences, Precision precision) {
        try (var manager = Torch.manager()) {
            var weights = GoldenDecoders.arrays(manager, decoder, DecoderTensors.initial(decoder, 1));
            var generator = new Generator(decoder, weights, manager, precision);
            var sampling = Sampling.greedy(64, Set.of());
            generator.generate(sequences, sampling);
            long start = time();
            generator.generate(sequences, sampling);
            System.out.printf(
                    "%s: %.0f generated tokens/s of processor time%n", precision, 32 * 64 / ((time() - start) / 1e9));
        }
    }
}
