package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every page that a menu leads to, for everybody who may see it. */
class PagesIT extends ConsoleTest {

    @Test
    void everyPageOfTheMenuCanBeReadByEverybodyAndFitsTheScreen() {
        var inspection = new Inspection();
        openRequest();
        try (var visitor = visitor("PRIVACY_OFFICER", "ADMIN", "ENGINEER", "AUDITOR", "INTAKE")) {
            for (var path : paths(visitor)) {
                visitor.open(path);
                inspection.look(visitor, name(path));
            }
        }
        inspection.foundNothingWrong();
    }

    /** What the menu has, and pages behind those. */
    List<String> paths(Visitor visitor) {
        visitor.open("/console");
        var all = new ArrayList<String>();
        visitor.page().locator(".side-inner a").all().forEach(link -> all.add(link.getAttribute("href")));
        all.addAll(List.of(
                "/console/password",
                "/console/certificates/verify",
                "/console/runs/order",
                "/console/audit/consistency?first=1&second=2",
                "/console/policies/default"));
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
