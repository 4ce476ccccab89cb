package io.expunge.run;

import io.expunge.engine.Monitor;

/** Progress of all repetitions of a run as one bar. */
final class ReplicaBar {

    private final Monitor monitor;
    private final int total;
    private int done;

    ReplicaBar(StageWork work, int total) {
        this.monitor = work.monitor("replicas");
        this.total = total;
    }

    void done(int more) {
        done += more;
        monitor.progress("repeating", done, total, Double.NaN);
    }

    /** For work on one repetition: it may be stopped, and tells nobody how far it is. */
    Monitor silent() {
        return new Monitor() {
            @Override
            public boolean stopRequested() {
                return monitor.stopRequested();
            }
        };
    }
}
