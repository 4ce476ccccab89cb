package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * Looks at pages on small and large screens, light and dark, and notes what is wrong with them. Pictures are for people: a few
 * are always kept, all with {@code -Dexpunge.console.pictures=true}.
 */
final class Inspection {

    private static final Path SHOTS = Path.of("target/console");

    /** The last is that of every window, so that nothing is drawn anew for whatever follows. */
    private static final List<Integer> WIDTHS = List.of(360, 1920, 1280);

    private static final boolean ALL_PICTURES = Boolean.getBoolean("expunge.console.pictures");

    private static final String AXE = axe();

    /** Violations alone: what holds, and where, is most of what axe has to say, and nobody reads it. */
    private static final String JUDGE = """
        async only => {
          const options = {resultTypes: ['violations']};
          if (only) options.runOnly = only;
          const found = (await axe.run(document, options)).violations;
          return found.filter(rule => ['serious', 'critical'].includes(rule.impact))
              .map(rule => rule.id + ' ' + rule.nodes.slice(0, 3).map(node => node.html).join(' '));
        }\
        """;

    private final List<String> found = new ArrayList<>();

    Inspection() {
        try {
            Files.createDirectories(SHOTS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The page that is open, under this name. */
    void look(Visitor visitor, String name) {
        var page = visitor.page();
        var browser = visitor.context().newCDPSession(page);
        for (int width : WIDTHS) {
            page.setViewportSize(width, 900);
            if ((boolean) page.evaluate("document.documentElement.scrollWidth > innerWidth")) {
                found.add(name + "-" + width + " is wider than the screen");
            }
            for (boolean dark : width == 1280 || ALL_PICTURES ? List.of(false, true) : List.of(false)) {
                page.emulateMedia(
                        new Page.EmulateMediaOptions().setColorScheme(dark ? ColorScheme.DARK : ColorScheme.LIGHT));
                var shot = name + "-" + width + (dark ? "-dark" : "-light");
                if (ALL_PICTURES || width == 1280 && !dark) {
                    picture(page, browser, width, shot);
                }
                if (width == 1280) {
                    // by night only colours differ
                    judge(page, dark ? List.of("color-contrast") : null, shot);
                }
            }
        }
        browser.detach();
    }

    /** The whole page, by the browser's own means: as many times as this is done, speed matters more than size. */
    private static void picture(Page page, CDPSession browser, int width, String name) {
        var height = (int) page.evaluate("Math.max(innerHeight, document.documentElement.scrollHeight)");
        var clip = new JsonObject();
        clip.addProperty("x", 0);
        clip.addProperty("y", 0);
        clip.addProperty("width", width);
        clip.addProperty("height", height);
        clip.addProperty("scale", 1);
        var how = new JsonObject();
        how.addProperty("format", "png");
        how.addProperty("optimizeForSpeed", true);
        how.addProperty("captureBeyondViewport", true);
        how.add("clip", clip);
        var taken = browser.send("Page.captureScreenshot", how).get("data").getAsString();
        try {
            Files.write(SHOTS.resolve(name + ".png"), Base64.getDecoder().decode(taken));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void judge(Page page, List<String> rules, String shot) {
        for (var frame : page.frames()) {
            if (!(boolean) frame.evaluate("'axe' in window")) {
                frame.evaluate(AXE);
                frame.evaluate("axe.configure({allowedOrigins: ['<unsafe_all_origins>']})");
            }
        }
        for (var rule : (List<?>) page.evaluate(JUDGE, rules)) {
            found.add(shot + ": " + rule);
        }
    }

    private static String axe() {
        try (var in = Inspection.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void foundNothingWrong() {
        assertThat(found).isEmpty();
    }
}
