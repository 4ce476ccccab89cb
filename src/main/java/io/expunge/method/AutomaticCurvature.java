package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Decoder;
import io.expunge.engine.EigenBasis;
import io.expunge.engine.ModelRefused;
import io.expunge.engine.PairMask;
import io.expunge.engine.SecondMoments;
import io.expunge.engine.Sequences;
import io.expunge.influence.KeptPairs;
import io.expunge.metric.Perplexity;
import io.expunge.metric.Recitation;
import io.expunge.metric.RecitationProbe;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The curvature edit with layers and shares that it searches for itself.
 *
 * <p>Every row of adjacent blocks is tried, up to a length. For each the largest ρ is looked for by bisection after which no
 * more of the memorised texts are recited token by token than may be; one that makes held-out texts less probable than may be
 * is taken to be too small. Of what was tried within both limits the edit with the lowest perplexity is applied; where nothing
 * is, that within the perplexity's after which the fewest are recited. The memorised texts are the task's forget set: what an edit is judged by should be others. The edit itself:
 * Merullo et al. 2025, <a href="https://arxiv.org/abs/2510.24256">paper</a>.
 *
 * @param modules ends of the names of the layers that are edited in each block, such as {@code mlp.up_proj}
 * @param mostBlocks longest row of blocks, in [1, 8]
 * @param trials steps of the bisection of each row, in [1, 20]
 * @param mostPerplexity of held-out texts, in multiples of the parent's; above 1
 * @param mostRecited share of the memorised texts that may be recited, in [0, 1)
 * @param curvature what the factors are taken over
 * @param protect texts whose directions stay, too; may be empty
 */
@JsonTypeName("auto-curvature")
@Paper(title = "Curvature edit, tuned by itself", value = "https://arxiv.org/abs/2510.24256")
public record AutomaticCurvature(
        List<String> modules,
        int mostBlocks,
        int trials,
        double mostPerplexity,
        double mostRecited,
        CurvatureSample curvature,
        List<ProtectedTexts> protect)
        implements LanguageMethod {

    private static final int MOST_TEXTS = 100;
    private static final int MOST_HELD_OUT = 300;

    public AutomaticCurvature {
        Require.given("modules", modules);
        Require.between("mostBlocks", mostBlocks, 1, 8);
        Require.between("trials", trials, 1, 20);
        Require.between("mostPerplexity", mostPerplexity, 1.0001, 100);
        Require.between("mostRecited", mostRecited, 0, 0.999);
        Require.given("curvature", curvature);
        Require.given("protect", protect);
        modules = List.copyOf(modules);
        protect = List.copyOf(protect);
        if (modules.isEmpty()) {
            throw new IllegalArgumentException("modules must name at least one");
        }
    }

    @Override
    public Set<UUID> datasets() {
        return curvature.datasets(protect);
    }

    @Override
    public boolean dememorises() {
        return true;
    }

    @Override
    public void requireFit(Decoder decoder) {
        var all = decoder.linearLayers();
        for (var module : modules) {
            if (all.stream().noneMatch(layer -> layer.endsWith("." + module))) {
                throw new ModelRefused(
                        "modules must end names of layers, of which there are " + all + ", but was " + module);
            }
        }
        curvature.requireTokens(tokensNeeded(decoder));
    }

    @Override
    public long tokensNeeded(Decoder decoder) {
        return decoder.widestOf(blocks(decoder).stream().flatMap(List::stream).toList());
    }

    @Override
    public boolean readsOwnTexts() {
        return curvature.datasetId() == null;
    }

    /** Names of the layers that may be edited, by block. */
    private List<List<String>> blocks(Decoder decoder) {
        var all = decoder.linearLayers();
        int perBlock = all.size() / decoder.layers();
        return IntStream.range(0, decoder.layers())
                .mapToObj(block -> all.subList(block * perBlock, (block + 1) * perBlock).stream()
                        .filter(layer -> modules.stream().anyMatch(module -> layer.endsWith("." + module)))
                        .toList())
                .toList();
    }

    /** @throws ModelRefused if the task has no memorised texts to tune on or no held-out texts to tell the harm by */
    @Override
    public void apply(LanguageTask task) {
        requireFit(task.model().decoder());
        if (task.forget().size() == 0 || task.heldOut().size() == 0) {
            throw new ModelRefused("auto-curvature needs memorised texts to tune on and held-out texts");
        }
        var blocks = blocks(task.model().decoder());
        var layers = blocks.stream().flatMap(List::stream).toList();
        var opened = new ArrayList<SecondMoments>();
        Map<String, EigenBasis> bases = new LinkedHashMap<>();
        try {
            var own = task.textsOf(curvature.datasetId());
            opened.add(task.curvatures().of(task.model(), curvature.stream(layers, own)));
            for (var texts : protect) {
                var theirs = task.curvatures().texts(texts.datasetId());
                opened.add(task.curvatures().of(task.model(), curvature.stream(layers, theirs)));
            }
            for (var layer : layers) {
                opened.forEach(moments -> EigenBasis.requireSound(moments, layer));
                bases.put(layer, new EigenBasis(opened.getFirst(), layer));
            }
            new Search(task, blocks, bases, opened).run();
        } finally {
            bases.values().forEach(EigenBasis::close);
            opened.forEach(SecondMoments::close);
        }
    }

    private record Tried(List<String> layers, double share, Recitation recitation, double perplexity) {}

    private final class Search {

        private final LanguageTask task;
        private final List<List<String>> blocks;
        private final Map<String, EigenBasis> bases;
        private final List<SecondMoments> moments;
        private final RecitationProbe probe;
        private final Sequences heldOut;
        private final double before;
        private final Map<String, float[]> parent;
        private final List<Tried> tried = new ArrayList<>();

        Search(
                LanguageTask task,
                List<List<String>> blocks,
                Map<String, EigenBasis> bases,
                List<SecondMoments> moments) {
            this.task = task;
            this.blocks = blocks;
            this.bases = bases;
            this.moments = moments;
            this.probe = new RecitationProbe(sample(task.forget(), MOST_TEXTS));
            this.heldOut = sample(task.heldOut(), MOST_HELD_OUT);
            this.before = Perplexity.of(task.model(), heldOut);
            this.parent = task.model().weights();
        }

        void run() {
            var rows = new ArrayList<List<String>>();
            for (int first = 0; first < blocks.size(); first++) {
                for (int last = first; last < Math.min(blocks.size(), first + mostBlocks); last++) {
                    rows.add(blocks.subList(first, last + 1).stream()
                            .flatMap(List::stream)
                            .toList());
                }
            }
            for (var row : rows) {
                double gentle = 1; // recites too much
                double harsh = 0;
                for (int trial = 0; trial < trials; trial++) {
                    double share = (gentle + harsh) / 2;
                    var outcome = attempt(row, share);
                    if (outcome.perplexity() > mostPerplexity || forgets(outcome)) {
                        harsh = share;
                    } else {
                        gentle = share;
                    }
                    task.curvatures().progress("tuning", tried.size(), (long) rows.size() * trials);
                }
            }
            var best = tried.stream()
                    .filter(one -> one.perplexity() <= mostPerplexity)
                    .min(Comparator.comparing((Tried one) -> !forgets(one))
                            .thenComparingDouble(one -> forgets(one)
                                    ? one.perplexity()
                                    : one.recitation().strict()))
                    .orElseThrow(() -> new ModelRefused("auto-curvature found no edit that keeps the perplexity of "
                            + "held-out texts within " + mostPerplexity + " times the parent's"));
            edit(best.layers(), best.share());
        }

        private boolean forgets(Tried one) {
            return one.recitation().strict() <= mostRecited;
        }

        private Tried attempt(List<String> row, double share) {
            try {
                edit(row, share);
                double perplexity = Perplexity.of(task.model(), heldOut) / before;
                var outcome = new Tried(row, share, probe.of(task.model()), perplexity);
                tried.add(outcome);
                task.trials()
                        .accept(Trial.of(
                                tried.size(),
                                String.format(Locale.ROOT, "%s at %.4f", String.join(", ", row), share),
                                outcome.recitation().strict(),
                                1 / perplexity));
                return outcome;
            } finally {
                task.model().restore(parent);
            }
        }

        private void edit(List<String> row, double share) {
            for (var layer : row) {
                var basis = Objects.requireNonNull(bases.get(layer));
                var masks = new ArrayList<PairMask>();
                masks.add(KeptPairs.of(basis, share));
                for (int i = 0; i < protect.size(); i++) {
                    masks.add(KeptPairs.of(
                            basis, moments.get(i + 1), protect.get(i).keptShare()));
                }
                task.model().keep(basis, masks);
            }
        }
    }

    private static Sequences sample(Sequences all, int most) {
        int count = Math.min(all.size(), most);
        return all.subset(IntStream.range(0, count)
                .map(i -> (int) ((long) i * all.size() / count))
                .toArray());
    }
}
