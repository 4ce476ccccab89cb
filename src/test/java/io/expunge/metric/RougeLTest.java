package io.expunge.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RougeLTest {

    /** Word and stem, from NLTK 3.10.3's PorterStemmer in its default mode. */
    private static final String STEMS = """
            caresses caress, ponies poni, ties tie, dies die, flies fli, caress caress, cats cat, feed feed,
            agreed agre, plastered plaster, bled bled, motoring motor, sing sing, conflated conflat,
            troubled troubl, sized size, hopping hop, tanned tan, falling fall, hissing hiss, fizzed fizz,
            failing fail, filing file, happy happi, sky sky, enjoy enjoy, spy spi, fly fli, tried tri,
            died die, cried cri, relational relat, conditional condit, rational ration, valenci valenc,
            hesitanci hesit, digitizer digit, conformabli conform, radicalli radic, differentli differ,
            vileli vile, analogousli analog, vietnamization vietnam, predication predic, operator oper,
            feudalism feudal, decisiveness decis, hopefulness hope, callousness callous, formaliti formal,
            sensitiviti sensit, sensibiliti sensibl, triplicate triplic, formative form, formalize formal,
            electriciti electr, electrical electr, hopeful hope, goodness good, revival reviv, allowance allow,
            inference infer, airliner airlin, gyroscopic gyroscop, adjustable adjust, defensible defens,
            irritant irrit, replacement replac, adjustment adjust, dependent depend, adoption adopt,
            homologou homolog, communism commun, activate activ, angulariti angular, homologous homolog,
            effective effect, bowdlerize bowdler, probate probat, rate rate, cease ceas, controll control,
            roll roll, fully fulli, hopefully hope, geology geolog, archaeology archaeolog, radically radic,
            ability abil, news news, innings inning, proceed proceed, dying die, skies sky, being be, used use,
            generally gener, university univers, writing write, stories stori, born1967 born1967, onion onion,
            sayings say, oed o, eying eye
            """;

    @ParameterizedTest
    @MethodSource
    void stemsAsNltkDoes(String pair) {
        var words = pair.strip().split(" ");
        assertThat(PorterStemmer.stem(words[0])).as(words[0]).isEqualTo(words[1]);
    }

    static Stream<String> stemsAsNltkDoes() {
        return Arrays.stream(STEMS.split(",\\s"));
    }

    @Test
    void countsTheLongestCommonSubsequence() {
        // the author [was born in] lagos [in] 1967: 8 words, 4 of them in the order of the 7 written
        var rouge = RougeL.of("The author was born in Lagos in 1967.", "She was born in 1967, in Lagos");
        assertThat(rouge.recall()).isEqualTo(4 / 8.0);
        assertThat(rouge.precision()).isEqualTo(4 / 7.0);
        assertThat(rouge.f1()).isCloseTo(8 / 15.0, within(1e-15));
    }

    @Test
    void wordsAgreeByTheirStems() {
        // he [writes] stories, he wrote a story writing: {he, stori} or {he, write}
        var rouge = RougeL.of("He writes stories.", "he wrote a story; writing");
        assertThat(rouge.recall()).isEqualTo(2 / 3.0);
        assertThat(rouge.precision()).isEqualTo(2 / 5.0);
    }

    @Test
    void wordsOfThreeCharactersAreNotStemmed() {
        assertThat(RougeL.of("ads", "ad").recall()).isZero();
        assertThat(RougeL.of("cats", "cat").recall()).isEqualTo(1);
    }

    @Test
    void caseAndPunctuationMeanNothingAndOtherLettersPartWords() {
        assertThat(RougeL.of("Well-known_X, 42!", "well KNOWN x 42")).isEqualTo(new RougeL(1, 1, 1));
        // na, ve
        assertThat(RougeL.of("naïve", "na").recall()).isEqualTo(0.5);
    }

    @Test
    void isZeroWhereATextHasNoWord() {
        assertThat(RougeL.of("", "word")).isEqualTo(new RougeL(0, 0, 0));
        assertThat(RougeL.of("word", " … ")).isEqualTo(new RougeL(0, 0, 0));
    }
}
