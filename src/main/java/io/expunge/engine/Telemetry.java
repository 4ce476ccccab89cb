package io.expunge.engine;

/** DJL looks for the cloud that it runs on and reports there; nothing of ours may. */
final class Telemetry {

    private Telemetry() {}

    static void optOut() {
        System.setProperty("OPT_OUT_TRACKING", "true");
    }
}
