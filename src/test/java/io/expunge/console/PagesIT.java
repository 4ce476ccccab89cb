package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.playwright.AxeBuilder;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every page that a menu leads to, for everybody who may see it. */
class PagesIT extends ConsoleTest {

    private static final Path SHOTS = Path.of("target/console");
    private static final List<Integer> WIDTHS = List.of(360, 1280, 1920);

    @Test
    void everyPageCanBeReadByEverybodyAndFitsTheScreen() throws Exception {
        Files.createDirectories(SHOTS);
        var found = new ArrayList<String>();
        try (var visitor = visitor("PRIVACY_OFFICER", "ADMIN", "ENGINEER", "AUDITOR", "INTAKE")) {
            for (var path : paths(visitor)) {
                visitor.open(path);
                for (boolean dark : List.of(false, true)) {
                    visitor.page()
                            .emulateMedia(new Page.EmulateMediaOptions()
                                    .setColorScheme(dark ? ColorScheme.DARK : ColorScheme.LIGHT));
                    for (int width : WIDTHS) {
                        visitor.page().setViewportSize(width, 900);
                        var shot = name(path) + "-" + width + (dark ? "-dark" : "-light");
                        visitor.page()
                                .screenshot(new Page.ScreenshotOptions()
                                        .setFullPage(true)
                                        .setPath(SHOTS.resolve(shot + ".png")));
                        if ((boolean) visitor.page().evaluate("document.documentElement.scrollWidth > innerWidth")) {
                            found.add(shot + " is wider than the screen");
                        }
                    }
                    visitor.page().setViewportSize(1280, 900);
                    new AxeBuilder(visitor.page())
                            .setLegacyMode(true).analyze().getViolations().stream()
                                    .filter(rule ->
                                            List.of("serious", "critical").contains(rule.getImpact()))
                                    .forEach(rule ->
                                            found.add(path + (dark ? " (dark)" : "") + ": " + rule.getId() + " "
                                                    + rule.getNodes().stream()
                                                            .map(node -> String.valueOf(node.getHtml()))
                                                            .limit(3)
                                                            .toList()));
                }
            }
        }
        assertThat(found).isEmpty();
    }

    /** What the menu has, and pages behind those. */
    List<String> paths(Visitor visitor) {
        visitor.open("/console");
        var all = new ArrayList<String>();
        visitor.page().locator(".side-inner a").all().forEach(link -> all.add(link.getAttribute("href")));
        all.add("/console/password");
        return all;
    }

    private static String name(String path) {
        return path.substring(1).replaceAll("[^A-Za-z0-9]+", "-");
    }

    @Test
    void theKeyboardAloneIsEnough() {
        try (var visitor = visitor("PRIVACY_OFFICER")) {
            visitor.open("/console/requests").page().keyboard().press("Tab");
            assertThat(visitor.page().evaluate("document.activeElement.textContent"))
                    .isEqualTo("To the content");
            visitor.page().keyboard().press("Enter");
            assertThat(visitor.page().evaluate("document.activeElement.id")).isEqualTo("main");
            visitor.open("/console/forget").page().keyboard().press("/");
            assertThat(visitor.page().evaluate("document.activeElement.id")).isEqualTo("people");
        }
    }

    @Test
    void everyRoleSeesOnlyItsOwnPages() {
        try (var visitor = visitor("INTAKE")) {
            visitor.isAt("/console/forget");
            visitor.expecting("403").open("/console/requests").sees("Not with your roles");
        }
        try (var visitor = visitor("ENGINEER")) {
            visitor.isAt("/console").doesNotSee("Most urgent").sees("At work");
        }
        try (var visitor = visitor("ADMIN")) {
            visitor.open("/console/users").sees("Let somebody sign in");
            visitor.expecting("404").open("/console/nothing-of-that-name").sees("Nothing is here");
        }
    }
}
