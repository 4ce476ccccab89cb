package io.expunge.console;

import io.expunge.api.NewWebhook;
import io.expunge.api.WebhooksApi;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Where news goes, what came of it, and sending it once more. */
@Controller
@PreAuthorize("hasRole('ADMIN')")
class WebhookPages {

    private static final String PAGE = "/console/webhooks";

    private final WebhooksApi webhooks;
    private final Show show;

    WebhookPages(WebhooksApi webhooks, Show show) {
        this.webhooks = webhooks;
        this.show = show;
    }

    @GetMapping(PAGE)
    String list(Model model) {
        model.addAttribute("webhooks", Answer.of(webhooks.listWebhooks()));
        return "console/webhooks";
    }

    @PostMapping(PAGE)
    String create(@RequestParam String url, @RequestParam(defaultValue = "") String types, RedirectAttributes flash) {
        return Refused.act(flash, PAGE + "#new", Map.of("url", url, "types", types), () -> {
            var declared = new NewWebhook(url.strip());
            var named = Arrays.stream(types.split("[\\s,]+", -1))
                    .filter(type -> !type.isEmpty())
                    .toList();
            if (!named.isEmpty()) {
                declared.types(named);
            }
            var made = Answer.of(webhooks.createWebhook(declared));
            flash.addFlashAttribute("secret", made.getSecret());
            return "News goes there from now on.";
        });
    }

    @GetMapping(PAGE + "/{id}")
    String show(@PathVariable UUID id, @RequestParam(required = false) @Nullable Long before, Model model) {
        model.addAttribute("webhook", Answer.of(webhooks.getWebhook(id)));
        model.addAttribute("title", "Webhook " + show.id(id));
        model.addAttribute("deliveries", Answer.of(webhooks.listDeliveries(id, before)));
        model.addAttribute("first", before == null);
        return "console/webhook";
    }

    @PostMapping(PAGE + "/{id}/test")
    String test(@PathVariable UUID id, RedirectAttributes flash) {
        return act(id, flash, "A message webhook.test is on its way.", () -> webhooks.testWebhook(id));
    }

    @PostMapping(PAGE + "/{id}/enable")
    String enable(@PathVariable UUID id, RedirectAttributes flash) {
        return act(id, flash, "News goes there again.", () -> webhooks.enableWebhook(id));
    }

    @PostMapping(PAGE + "/{id}/rotate")
    String rotate(@PathVariable UUID id, RedirectAttributes flash) {
        return Refused.act(flash, PAGE + "/" + id, Map.of(), () -> {
            flash.addFlashAttribute(
                    "secret", Answer.of(webhooks.rotateWebhookSecret(id)).getSecret());
            return "The new secret signs from now on; the old one beside it for a day.";
        });
    }

    @PostMapping(PAGE + "/{id}/deliveries/{delivery}/replay")
    String replay(@PathVariable UUID id, @PathVariable long delivery, RedirectAttributes flash) {
        return act(id, flash, "It is sent once more.", () -> webhooks.replayDelivery(id, delivery));
    }

    @PostMapping(PAGE + "/{id}/delete")
    String delete(@PathVariable UUID id, RedirectAttributes flash) {
        return Refused.act(flash, PAGE, "No more news goes there.", Map.of(), () -> webhooks.deleteWebhook(id));
    }

    private static String act(UUID id, RedirectAttributes flash, String done, Runnable action) {
        return Refused.act(flash, PAGE + "/" + id, done, Map.of(), action);
    }
}
