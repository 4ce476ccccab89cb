package io.expunge.method;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.annotation.JsonTypeName;
import io.expunge.engine.Descent;
import io.expunge.engine.Examples;
import io.expunge.engine.Numbers;
import io.expunge.engine.Objective;
import io.expunge.engine.Recipe;
import io.expunge.engine.Seeds;
import io.expunge.engine.Targets;
import java.util.List;

/**
 * SCRUB: the network disobeys its former self on the forget set and obeys it on the retain set, by turns.
 *
 * <p>With the unedited network as the teacher, d(x) = T² KL(softmax(z_{θ₀}(x)/T) ‖ softmax(z_θ(x)/T)): in each of the first
 * epochs a pass that climbs d on D_f, then in every epoch one that descends on γ L(θ; D_r) + α d on D_r. Kurmanji et al.
 * 2023, <a href="https://arxiv.org/abs/2302.09880">Towards Unbounded Machine Unlearning</a>. Each pass begins with an Adam
 * that has seen nothing, so that a climb gives the descent after it no momentum; the authors' code keeps one throughout. The
 * teacher's answers are computed once, on images that are not moved.
 *
 * @param forgetEpochs epochs that climb first; 3 in the paper's small experiments
 * @param epochs all epochs; 10 there
 * @param temperature T; 2 there
 * @param obedience α; 0.5 there
 * @param labelWeight γ; 1 there
 * @param forgetBatchSize 64 there
 * @param retainBatchSize 32 there
 * @param learningRate η; 5·10⁻⁴ there
 * @param weightDecay λ; 0.1 there
 * @param decay factor of η in the second half of the epochs; 0.1 there
 * @param seed decides the order of the examples
 */
@JsonTypeName("scrub")
@Paper(title = "SCRUB", value = "https://arxiv.org/abs/2302.09880")
public record Scrub(
        int forgetEpochs,
        int epochs,
        double temperature,
        double obedience,
        double labelWeight,
        int forgetBatchSize,
        int retainBatchSize,
        double learningRate,
        double weightDecay,
        double decay,
        long seed)
        implements NetworkMethod {

    public Scrub {
        Require.between("epochs", epochs, 1, 10_000);
        Require.between("forgetEpochs", forgetEpochs, 0, epochs);
        Require.between("temperature", temperature, 0.01, 100);
        Require.between("obedience", obedience, 0, 1000);
        Require.between("labelWeight", labelWeight, 0, 1000);
        Require.between("decay", decay, 1e-6, 1);
        pass(forgetBatchSize, learningRate, weightDecay);
        pass(retainBatchSize, learningRate, weightDecay);
    }

    private static Recipe pass(int batchSize, double learningRate, double weightDecay) {
        return new Recipe(1, batchSize, learningRate, 0, weightDecay, Recipe.Schedule.CONSTANT, false);
    }

    @Override
    public void apply(Task task) {
        var network = task.network();
        try (var onForget = new Targets(network, network.logits(task.forget()));
                var onRetain = new Targets(network, network.logits(task.retain()))) {
            for (int epoch = 0; epoch < epochs; epoch++) {
                if (epoch < forgetEpochs) {
                    turn(task, epoch, task.forget(), forgetBatchSize, (student, batches) -> {
                        var batch = batches.getFirst();
                        return divergence(student.logits(batch), onForget.at(batch))
                                .neg();
                    });
                }
                turn(task, epoch, task.retain(), retainBatchSize, (student, batches) -> {
                    var batch = batches.getFirst();
                    var said = student.logits(batch);
                    var wrong = said.logSoftmax(1)
                            .gather(batch.labels().expandDims(1), 1)
                            .mean()
                            .neg();
                    return Numbers.times(wrong, labelWeight)
                            .add(Numbers.times(divergence(said, onRetain.at(batch)), obedience));
                });
            }
        }
    }

    private void turn(Task task, int epoch, Examples source, int batchSize, Objective objective) {
        double rate = 2 * epoch < epochs ? learningRate : learningRate * decay;
        var climbs = source == task.forget();
        task.session()
                .descend(
                        task.network(),
                        new Descent(
                                        (climbs ? "disobeying" : "obeying") + " in turn " + (epoch + 1),
                                        pass(batchSize, rate, weightDecay),
                                        Seeds.derive(seed, 2L * epoch + (climbs ? 1 : 0)),
                                        List.of(source),
                                        objective)
                                .byAdam());
    }

    /** T² times the mean Kullback–Leibler divergence of the student from the teacher; a scalar with gradients. */
    private NDArray divergence(NDArray student, NDArray teacher) {
        var taught = teacher.div(temperature).logSoftmax(1);
        var said = Numbers.over(student, temperature).logSoftmax(1);
        return Numbers.times(
                taught.exp().mul(taught.sub(said)).sum(new int[] {1}).mean(), temperature * temperature);
    }
}
