package io.expunge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            serve now               | unknown argument 'now'
            serve --port            | unknown argument '--port'
            --port                  | unknown argument '--port'
            lab sing                | there is no experiment 'sing'
            lab verdict --seeds 0   | --seeds must be between
            lab verdict --data none | --data must name the directory
            lab verdict --plot a.png | --plot is not for 'verdict'
            lab verdict --data src --authors 30 | --authors is not for 'verdict'
            lab dmm --data src --width 128 | --width is not for 'dmm'
            lab tofu --data src --seeds 1   | --seeds must be at least 2
            lab tofu --data src --width 100 | --width must be a multiple of
            dance                   | Unmatched argument at index 0: 'dance'
            """)
    void badArgumentsGetOneLineAndExitCodeTwo(String line, String reason) {
        var errors = new ByteArrayOutputStream();
        var before = System.err;
        System.setErr(new PrintStream(errors, true, UTF_8));
        try {
            assertThat(Commands.execute(line.split(" "))).isEqualTo(2);
        } finally {
            System.setErr(before);
        }
        assertThat(errors.toString(UTF_8).lines().toList())
                .singleElement()
                .asString()
                .startsWith("expunge: ")
                .contains(reason);
    }

    @Test
    void helpIsNotAnError() {
        assertThat(Commands.execute("--help")).isZero();
    }
}
