package io.expunge.console;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * The browser of this JVM's tests: the one that {@code EXPUNGE_TEST_CHROMIUM} names, else one that is installed. Without any,
 * tests of pages are left out, except where {@code CI} is set: there it is a failure.
 */
final class Chromium {

    private static final List<String> PLACES =
            List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/snap/bin/chromium");

    private Chromium() {}

    static Browser browser() {
        if (executable().isEmpty() && System.getenv("CI") == null) {
            Assumptions.abort("no Chromium is installed; EXPUNGE_TEST_CHROMIUM may name one");
        }
        return Holder.BROWSER;
    }

    private static Optional<Path> executable() {
        var named = System.getenv("EXPUNGE_TEST_CHROMIUM");
        return (named == null ? PLACES.stream() : Stream.of(named))
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Ends with the JVM. */
    private static final class Holder {
        static final Browser BROWSER = Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")))
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(executable().orElseThrow())
                        .setArgs(List.of("--no-sandbox", "--disable-dev-shm-usage")));
    }
}
