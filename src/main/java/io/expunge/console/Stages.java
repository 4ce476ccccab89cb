package io.expunge.console;

import io.expunge.api.Run;
import io.expunge.api.RunState;
import io.expunge.api.Stage;
import java.util.List;

/** The stages of a run, and which of them are done. */
record Stages(String name, String state) {

    static List<Stages> of(Run run) {
        var all = switch (run.getKind()) {
            case UNLEARNING, DEMEMORISATION ->
                List.of(Stage.RESOLVE, Stage.EDIT, Stage.MEASURE, Stage.JUDGE, Stage.APPROVE, Stage.PUBLISH);
            case TRAINING -> List.of(Stage.TRAIN);
            case DESTRUCTION -> List.of(Stage.DESTROY);
            case ENSEMBLE -> List.of(Stage.ENSEMBLE);
        };
        int at = all.indexOf(run.getStage());
        boolean stopped = run.getState() == RunState.FAILED || run.getState() == RunState.CANCELLED;
        boolean ended = run.getState() == RunState.SUCCEEDED;
        return java.util.stream.IntStream.range(0, all.size())
                .mapToObj(i -> new Stages(
                        all.get(i).getValue(),
                        ended || i < at ? "done" : i > at ? "later" : stopped ? "stopped" : "now"))
                .toList();
    }
}
