package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks at pages on small and large screens, light and dark: keeps a picture of each and notes what is wrong with it. */
final class Inspection {

    private static final Path SHOTS = Path.of("target/console");
    private static final List<Integer> WIDTHS = List.of(360, 1280, 1920);

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
        for (boolean dark : List.of(false, true)) {
            page.emulateMedia(
                    new Page.EmulateMediaOptions().setColorScheme(dark ? ColorScheme.DARK : ColorScheme.LIGHT));
            for (int width : WIDTHS) {
                page.setViewportSize(width, 900);
                var shot = name + "-" + width + (dark ? "-dark" : "-light");
                page.screenshot(new Page.ScreenshotOptions().setFullPage(true).setPath(SHOTS.resolve(shot + ".png")));
                if ((boolean) page.evaluate("document.documentElement.scrollWidth > innerWidth")) {
                    found.add(shot + " is wider than the screen");
                }
                if (width == 1280) {
                    // by night only colours differ
                    judge(
                            dark ? new AxeBuilder(page).withRules(List.of("color-contrast")) : new AxeBuilder(page),
                            shot);
                }
            }
        }
        page.setViewportSize(1280, 900);
    }

    private void judge(AxeBuilder axe, String shot) {
        axe.setLegacyMode(true).analyze().getViolations().stream()
                .filter(rule -> List.of("serious", "critical").contains(rule.getImpact()))
                .forEach(rule -> found.add(shot + ": " + rule.getId() + " "
                        + rule.getNodes().stream()
                                .map(node -> String.valueOf(node.getHtml()))
                                .limit(3)
                                .toList()));
    }

    void foundNothingWrong() {
        assertThat(found).isEmpty();
    }
}
