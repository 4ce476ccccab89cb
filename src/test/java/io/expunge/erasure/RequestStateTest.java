package io.expunge.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class RequestStateTest {

    static Stream<Arguments> steps() {
        return Stream.of(
                step(RequestState.RECEIVED, "NO_MATCH RESOLVED COMPLETED CANCELLED REFUSED"),
                step(RequestState.NO_MATCH, ""),
                step(RequestState.RESOLVED, "IN_PROGRESS ATTENTION COMPLETED CANCELLED REFUSED"),
                step(RequestState.IN_PROGRESS, "RESOLVED ATTENTION COMPLETED"),
                step(RequestState.ATTENTION, "RESOLVED IN_PROGRESS COMPLETED CANCELLED REFUSED"),
                step(RequestState.COMPLETED, "RESOLVED"),
                step(RequestState.CANCELLED, ""),
                step(RequestState.REFUSED, ""));
    }

    private static Arguments step(RequestState from, String to) {
        var all = EnumSet.noneOf(RequestState.class);
        Stream.of(to.split(" ")).filter(name -> !name.isEmpty()).forEach(name -> all.add(RequestState.valueOf(name)));
        return argumentSet(from.name(), from, all);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void everyOtherStepIsRefused(RequestState from, EnumSet<RequestState> allowed) {
        for (var next : RequestState.values()) {
            assertThat(from.canBecome(next)).as(from + " → " + next).isEqualTo(allowed.contains(next));
        }
    }

    @Test
    void everyStateIsListed() {
        assertThat(steps()).hasSize(RequestState.values().length);
    }

    @ParameterizedTest
    @EnumSource(RequestState.class)
    void noStateBecomesItself(RequestState state) {
        assertThat(state.canBecome(state)).isFalse();
    }
}
