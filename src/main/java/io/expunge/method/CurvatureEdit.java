package io.expunge.method;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Architecture;
import io.expunge.engine.Decoder;
import io.expunge.engine.EigenBasis;
import io.expunge.engine.Examples;
import io.expunge.engine.LanguageArchitecture;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.PairMask;
import io.expunge.engine.SecondMoments;
import io.expunge.engine.Sequences;
import io.expunge.engine.VisionTransformer;
import io.expunge.influence.KeptPairs;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;

/**
 * Keeps the directions of weights that many texts or images use and drops the rest, which memorised ones live in: Merullo et al.
 * 2025, §3, <a href="https://arxiv.org/abs/2510.24256">From Memorization to Reasoning in the Spectrum of Loss Curvature</a>.
 *
 * <pre>W' = U_G ((U_Gᵀ W U_A) ⊙ M) U_Aᵀ,  M_ij = 1 for the largest λ_i μ_j until they sum to ρ (Σλ)(Σμ)</pre>
 *
 * with A = U_A diag(μ) U_Aᵀ and G = U_G diag(λ) U_Gᵀ the K-FAC factors of a layer. All factors are those of the unedited
 * version. M is united with the mask of every protected set, whose curvature is looked at in the same directions.
 * Global and approximate: it makes a model recite less, it deletes no record. Of networks it is for vision transformers.
 *
 * @param layers which are edited, each with its ρ
 * @param curvature what the factors are taken over
 * @param protect texts whose directions stay, too; may be empty
 * @param aim what is dropped first
 */
@JsonTypeName("curvature-edit")
@Paper(title = "Curvature edit", value = "https://arxiv.org/abs/2510.24256")
public record CurvatureEdit(List<LayerShare> layers, CurvatureSample curvature, List<ProtectedTexts> protect, Aim aim)
        implements LanguageMethod, NetworkMethod {

    /** What is dropped first. */
    public enum Aim {
        /** What few texts use; no forget set is read. */
        MEMORISATION,
        /** What the forget set uses and the other texts do not. */
        FORGET_SET
    }

    public CurvatureEdit {
        Require.given("layers", layers);
        Require.given("curvature", curvature);
        Require.given("protect", protect);
        Require.given("aim", aim);
        layers = List.copyOf(layers);
        protect = List.copyOf(protect);
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("layers must name at least one");
        }
    }

    private List<String> names() {
        return layers.stream().map(LayerShare::layer).toList();
    }

    @Override
    public boolean edits(Architecture architecture) {
        return architecture instanceof LanguageArchitecture || architecture instanceof VisionTransformer;
    }

    @Override
    public void requireFit(Decoder decoder) {
        curvature.requireTokens(tokensNeeded(decoder));
    }

    @Override
    public long tokensNeeded(Decoder decoder) {
        return decoder.widestOf(names());
    }

    @Override
    public boolean readsOwnTexts() {
        return curvature.datasetId() == null;
    }

    @Override
    public void requireFit(NetworkArchitecture architecture) {
        curvature.requireTokens(architecture.widestOf(names()));
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
    public void apply(LanguageTask task) {
        requireFit(task.model().decoder());
        edit(
                new Source<Sequences>() {
                    @Override
                    public Sequences general() {
                        return task.textsOf(curvature.datasetId());
                    }

                    @Override
                    public Sequences of(UUID dataset) {
                        return task.curvatures().texts(dataset);
                    }

                    @Override
                    public Sequences forget() {
                        return task.forget();
                    }

                    @Override
                    public SecondMoments moments(Sequences texts) {
                        return task.curvatures().of(task.model(), curvature.stream(names(), texts));
                    }
                },
                task.model()::keep);
    }

    @Override
    public void apply(Task task) {
        var network = task.network();
        requireFit(network.architecture());
        int tokens = network.architecture().tokens();
        edit(
                new Source<Examples>() {
                    @Override
                    public Examples general() {
                        var other = curvature.datasetId();
                        return other == null ? task.retain() : of(other);
                    }

                    @Override
                    public Examples of(UUID dataset) {
                        return task.curvatures().images(dataset);
                    }

                    @Override
                    public Examples forget() {
                        return task.forget();
                    }

                    @Override
                    public SecondMoments moments(Examples images) {
                        return task.curvatures().of(network, curvature.stream(names(), images, tokens));
                    }
                },
                network::keep);
    }

    /** Where the texts or images are that factors are taken over. */
    private interface Source<T> {

        T general();

        T of(UUID dataset);

        T forget();

        SecondMoments moments(T inputs);
    }

    private <T> void edit(Source<T> source, BiConsumer<EigenBasis, List<PairMask>> keep) {
        var opened = new ArrayList<SecondMoments>();
        try {
            var own = collected(source, source.general(), opened);
            var guarded = new ArrayList<SecondMoments>();
            for (var inputs : protect) {
                guarded.add(collected(source, source.of(inputs.datasetId()), opened));
            }
            var forgotten = aim == Aim.FORGET_SET ? collected(source, source.forget(), opened) : null;
            for (var layer : layers) {
                for (var moments : opened) {
                    EigenBasis.requireSound(moments, layer.layer());
                }
            }
            for (var layer : layers) {
                try (var basis = new EigenBasis(own, layer.layer())) {
                    var masks = new ArrayList<PairMask>();
                    masks.add(
                            forgotten == null
                                    ? KeptPairs.of(basis, layer.keptShare())
                                    : KeptPairs.against(basis, forgotten, layer.keptShare()));
                    for (int i = 0; i < protect.size(); i++) {
                        masks.add(KeptPairs.of(
                                basis, guarded.get(i), protect.get(i).keptShare()));
                    }
                    keep.accept(basis, masks);
                }
            }
        } finally {
            opened.forEach(SecondMoments::close);
        }
    }

    private static <T> SecondMoments collected(Source<T> source, T inputs, List<SecondMoments> opened) {
        var moments = source.moments(inputs);
        opened.add(moments);
        return moments;
    }
}
