package io.expunge.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.SelectOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Somebody before a browser. Whatever the page reports as wrong, or asks another host for, is kept. */
final class Visitor implements AutoCloseable {

    /** Of a machine that has other things to do. */
    static final double PATIENCE = Integer.getInteger("patience", 120_000);

    private final String url;
    private final BrowserContext context;
    private final Page page;
    private final String name;
    private final List<String> wrong = new ArrayList<>();
    private String expected = "never";
    private String elsewhere = "data:";

    Visitor(String url, String name, BrowserContext context) {
        this.url = url;
        this.name = name;
        this.context = context;
        this.page = context.newPage();
        page.setDefaultTimeout(PATIENCE);
        page.addInitScript(
                "addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective + ' ' +"
                        + " e.blockedURI))");
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") && !message.text().contains(expected)) {
                wrong.add(message.text() + " at " + page.url());
            }
        });
        page.onPageError(error -> wrong.add(error));
        page.onRequest(request -> {
            if (!request.url().startsWith(url)
                    && !request.url().startsWith("data:")
                    && !request.url().startsWith(elsewhere)
                    && !request.url().startsWith("blob:")) {
                wrong.add("asked " + request.url());
            }
        });
    }

    Page page() {
        return page;
    }

    String name() {
        return name;
    }

    BrowserContext context() {
        return context;
    }

    /** With cookies of another browser. */
    Visitor with(Map<String, String> cookies) {
        context.addCookies(cookies.entrySet().stream()
                .map(cookie -> new Cookie(cookie.getKey(), cookie.getValue()).setUrl(url))
                .toList());
        return this;
    }

    Visitor open(String path) {
        page.navigate(url + path);
        return this;
    }

    Visitor signIn(String password) {
        page.fill("#name", name);
        page.fill("#password", password);
        return press("Sign in");
    }

    /** The one-time password in the place of one of the user's own. */
    Visitor begin(String oneTime, String own) {
        open("/console/sign-in").signIn(oneTime);
        page.fill("#current", oneTime);
        page.fill("#next", own);
        page.fill("#again", own);
        return press("Change it");
    }

    Visitor fill(String label, String text) {
        page.getByLabel(label, new Page.GetByLabelOptions().setExact(true)).fill(text);
        return this;
    }

    Visitor choose(String label, String option) {
        page.getByLabel(label, new Page.GetByLabelOptions().setExact(true))
                .selectOption(new SelectOption().setLabel(option));
        return this;
    }

    @SuppressWarnings("deprecation") // what came in its place waits for an address, and the address may stay the same
    Visitor press(String button) {
        page.waitForNavigation(() -> tap(button));
        return this;
    }

    /** A button that changes a part of the page. */
    Visitor tap(String button) {
        page.locator("main, .top")
                .getByRole(
                        AriaRole.BUTTON,
                        new Locator.GetByRoleOptions().setName(button).setExact(true))
                .first()
                .click();
        return this;
    }

    @SuppressWarnings("deprecation") // as above
    Visitor follow(String link) {
        page.waitForNavigation(() -> page.getByRole(
                        AriaRole.LINK, new Page.GetByRoleOptions().setName(link).setExact(true))
                .first()
                .click());
        return this;
    }

    /**
     * Sends a form that the page does not have.
     *
     * @return the status of the answer
     */
    int force(String action, String body) {
        return (int) page.evaluate("""
            async ([action, body]) => {
              const of = name => document.querySelector('meta[name=' + name + ']').content;
              const headers = {'Content-Type': 'application/x-www-form-urlencoded', [of('csrf-header')]: of('csrf-token')};
              return (await fetch(action, {method: 'POST', headers, body, redirect: 'manual'})).status;
            }\
            """, List.of(action, body));
    }

    /** Opens what is folded away. */
    Visitor unfold(String summary) {
        page.locator("summary")
                .getByText(summary, new Locator.GetByTextOptions().setExact(true))
                .first()
                .click();
        return this;
    }

    Visitor sees(String text) {
        PlaywrightAssertions.assertThat(page.locator("body"))
                .containsText(text, new LocatorAssertions.ContainsTextOptions().setTimeout(PATIENCE));
        return this;
    }

    Visitor doesNotSee(String text) {
        assertThat(page.locator("body").innerText()).doesNotContain(text);
        return this;
    }

    Visitor isAt(String path) {
        assertThat(page.url()).isEqualTo(url + path);
        return this;
    }

    /** A refusal of the server's, which the browser repeats on its console. */
    Visitor expecting(String status) {
        expected = "status of " + status;
        return this;
    }

    /** Another host that pages lead to. */
    Visitor mayAsk(String origin) {
        elsewhere = origin + "/";
        return this;
    }

    Visitor foundNothingWrong() {
        assertThat(wrong).isEmpty();
        return this;
    }

    @Override
    public void close() {
        try {
            foundNothingWrong();
        } finally {
            context.close();
        }
    }
}
