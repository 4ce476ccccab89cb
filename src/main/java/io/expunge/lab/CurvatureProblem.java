package io.expunge.lab;

import io.expunge.engine.Decoder;
import io.expunge.engine.LanguageModel;
import io.expunge.engine.LanguageObjective;
import io.expunge.engine.Monitor;
import io.expunge.engine.Precision;
import io.expunge.engine.Sequences;
import io.expunge.engine.Sequences.Sequence;
import io.expunge.engine.Session;
import io.expunge.engine.TextDescent;
import io.expunge.engine.TextEncoding;
import io.expunge.engine.TextRecipe;
import io.expunge.engine.TextRecord;
import io.expunge.metric.CapabilityProbes;
import io.expunge.metric.CapabilityProbes.Question;
import io.expunge.metric.RecitationProbe;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A small language model that was trained on made texts, some of which stand in its training set many times, and what to
 * measure it by. Two kinds of planted texts: strings without rule, on which edits are tuned, and quotes, which no edit sees.
 *
 * @param tuning strings, prefixes given
 * @param unseen quotes, prefixes given
 * @param general unlabelled texts such as the training set has, none of them planted and none of them sums
 * @param arithmetic unlabelled sums, to be protected
 * @param tuningProse held-out texts that edits are tuned on
 * @param prose other held-out texts, which they are judged by
 */
record CurvatureProblem(
        LanguageModel model,
        RecitationProbe tuning,
        RecitationProbe unseen,
        Sequences general,
        Sequences arithmetic,
        Sequences tuningProse,
        Sequences prose,
        Sequences tuningSums,
        Sequences sums,
        Sequences facts,
        Sequences lookups)
        implements AutoCloseable {

    private static final int VOCABULARY = 768;
    private static final int PLANTED = 30;
    private static final int REPEATED = 6;
    private static final int PREFIX = 24;
    private static final int SUFFIX = 20;
    private static final int EPOCHS = 14;
    private static final int ASKED = 300;

    static CurvatureProblem of(long seed, Monitor monitor) {
        var strings = new MadeTexts(seed, 1).strings(PLANTED, 48);
        var quotes = new MadeTexts(seed, 2).quotes(PLANTED, 6);
        var facts = new MadeTexts(seed, 5).facts(40);
        var learned = new ArrayList<String>(new MadeTexts(seed, 3).prose(1_200));
        learned.addAll(MadeTexts.together(new MadeTexts(seed, 4).sums(3_000), 6));
        learned.addAll(MadeTexts.together(new MadeTexts(seed, 6).lookups(1_200), 3));
        for (int time = 0; time < REPEATED; time++) {
            learned.addAll(strings);
            learned.addAll(quotes);
            facts.forEach(fact -> learned.add(fact.text()));
        }
        var texts = learned.stream().map(TextRecord::ofText).toList();
        try (var tokenizer = LabTokenizer.train(texts, VOCABULARY)) {
            var encoding = new TextEncoding(tokenizer);
            var general = Stream.concat(
                            new MadeTexts(seed, 21).prose(2_000).stream(),
                            MadeTexts.together(new MadeTexts(seed, 23).lookups(900), 3).stream())
                    .toList();
            return new CurvatureProblem(
                    trained(encoding.encode(texts), seed, monitor),
                    planted(encoding, strings),
                    planted(encoding, quotes),
                    encoded(encoding, general),
                    encoded(encoding, MadeTexts.together(new MadeTexts(seed, 22).sums(1_800), 6)),
                    encoded(encoding, new MadeTexts(seed, 30).prose(200)),
                    encoded(encoding, new MadeTexts(seed, 31).prose(300)),
                    asked(encoding, new MadeTexts(seed, 32).sums(ASKED)),
                    asked(encoding, new MadeTexts(seed, 33).sums(ASKED)),
                    asked(encoding, facts),
                    asked(encoding, new MadeTexts(seed, 34).lookups(ASKED)));
        }
    }

    private static LanguageModel trained(Sequences texts, long seed, Monitor monitor) {
        var model = LanguageModel.initialise(Decoder.llama(VOCABULARY, 3, 96, 3, 3, 256, 96), seed);
        new Session(monitor)
                .descend(
                        model,
                        new TextDescent(
                                "training",
                                new TextRecipe(EPOCHS, 8, 3e-3, 0.01, 0.05, 1, 1 << 20, Precision.FP32),
                                seed,
                                List.of(TextDescent.Source.of(texts)),
                                LanguageObjective::crossEntropy));
        return model;
    }

    private static Sequences encoded(TextEncoding encoding, List<String> texts) {
        return encoding.encode(texts.stream().map(TextRecord::ofText).toList());
    }

    private static Sequences asked(TextEncoding encoding, List<Question> questions) {
        return CapabilityProbes.encode(encoding, questions);
    }

    private static RecitationProbe planted(TextEncoding encoding, List<String> texts) {
        return new RecitationProbe(new Sequences(encoded(encoding, texts).all().stream()
                .map(text -> new Sequence(Arrays.copyOf(text.tokens(), PREFIX + SUFFIX), PREFIX))
                .toList()));
    }

    @Override
    public void close() {
        model.close();
    }
}
