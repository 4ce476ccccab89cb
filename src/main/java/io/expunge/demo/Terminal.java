package io.expunge.demo;

import java.io.PrintStream;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** What a person at the terminal sees. */
final class Terminal {

    private static final int BAR = 30;

    private final PrintStream out;
    private boolean bar;

    Terminal(PrintStream out) {
        this.out = out;
    }

    void say(String text) {
        if (bar) {
            out.println();
            bar = false;
        }
        out.println(text);
        out.flush();
    }

    /** Redraws the line of a run: percent, rate, time left. */
    void progress(JsonNode run) {
        var progress = run.get("progress");
        if (progress == null) {
            return;
        }
        double percent = progress.get("percent").asDouble();
        int full = (int) Math.round(percent / 100 * BAR);
        out.printf(
                Locale.ROOT,
                "\r  %-8s [%s%s] %5.1f %%  %6.0f steps/s  %4.0f s left  %-40s",
                run.get("stage").asString(),
                "█".repeat(full),
                "░".repeat(BAR - full),
                percent,
                number(progress, "rate"),
                number(progress, "secondsLeft"),
                progress.get("stage").asString());
        out.flush();
        bar = true;
    }

    /** Before, after and retrained side by side. */
    void evidence(JsonNode evidence) {
        say("");
        say(String.format("  %-24s %10s %10s %10s  %s", "check", "before", "after", "retrained", ""));
        for (var m : evidence.get("measurements")) {
            say(String.format(
                    "  %-24s %10s %10s %10s  %s",
                    m.get("check").asString(),
                    text(m, "before"),
                    text(m, "after"),
                    text(m, "reference"),
                    m.get("passed").asBoolean() ? "passed" : "not passed"));
        }
        say("");
        say("  verdict: " + evidence.get("verdict").asString() + "; " + evidence.get("forgetRecords")
                + " records forgotten, " + evidence.get("references") + " retrained models to compare with"
                + (evidence.has("costPercent")
                        ? String.format(
                                Locale.ROOT,
                                ", edit at %.0f %% of one retraining",
                                evidence.get("costPercent").asDouble())
                        : ""));
        for (var reason : evidence.get("reasons")) {
            say("    " + reason.asString());
        }
    }

    private static String text(JsonNode node, String field) {
        return node.has(field)
                ? String.format(Locale.ROOT, "%.3f", node.get(field).asDouble())
                : "–";
    }

    private static double number(JsonNode node, String field) {
        return node.has(field) ? node.get(field).asDouble() : 0;
    }
}
