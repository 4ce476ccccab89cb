package io.expunge.console;

import java.util.Objects;
import org.springframework.http.ResponseEntity;

/** What an operation of the contract answered. */
final class Answer {

    private Answer() {}

    static <T> T of(ResponseEntity<T> answer) {
        return Objects.requireNonNull(answer.getBody());
    }
}
