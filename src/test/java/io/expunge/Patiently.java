package io.expunge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Predicate;
import org.springframework.dao.DataAccessException;

/** Asks again while the asked one is away. */
final class Patiently {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofMillis(100);

    interface Question<T> {
        T ask() throws IOException, InterruptedException;
    }

    private Patiently() {}

    /** The first answer that is as wanted. */
    static <T> T until(String what, Question<T> question, Predicate<T> wanted) throws InterruptedException {
        var end = Instant.now().plus(PATIENCE);
        Object last = "no answer";
        while (Instant.now().isBefore(end)) {
            try {
                var answer = question.ask();
                if (wanted.test(answer)) {
                    return answer;
                }
                last = answer;
            } catch (IOException | UncheckedIOException | DataAccessException e) {
                last = e;
            }
            Thread.sleep(PAUSE);
        }
        throw new AssertionError("waited " + PATIENCE + " for " + what + "; last: " + last);
    }

    /** The first answer. */
    static <T> T ask(Question<T> question) throws InterruptedException {
        return until("an answer", question, answer -> true);
    }
}
