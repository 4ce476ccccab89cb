package io.expunge.intake;

import io.expunge.intake.Filings.Order;
import io.expunge.notify.Callbacks;
import io.expunge.shared.Problem;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The endpoint of a receiver in <a href="https://github.com/ketch-com/ketch-forwarder">Ketch's forwarder</a>. */
@ConditionalOnBooleanProperty("expunge.ketch.enabled")
@RestController
@RequestMapping(KetchController.ROOT)
class KetchController {

    static final String ROOT = "/ketch/v1";

    private final Filings filings;
    private final KetchReader reader;

    KetchController(Filings filings, KetchSettings settings, Callbacks callbacks) {
        this.filings = filings;
        this.reader = new KetchReader(
                settings.identities().stream()
                        .map(one -> Identity.parse("expunge.ketch.identities", one))
                        .toList(),
                new Regulations("expunge.ketch", settings.regulations(), settings.defaultRegulation()),
                callbacks);
    }

    @PostMapping("/requests")
    ResponseEntity<Map<String, ?>> receive(HttpServletRequest http) throws IOException {
        var request = reader.read(Bodies.read(http.getInputStream()), known -> KetchErrors.remember(http, known));
        var metadata = request.metadata();
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .body(
                        request.namesNobody()
                                ? KetchMessages.insufficient(metadata)
                                : KetchMessages.response(
                                        metadata, filings.file(order(request)).standing()));
    }

    private static Order order(KetchRequest request) {
        var metadata = request.metadata();
        return new Order(
                KetchMessages.PROTOCOL,
                metadata.tenant() + ":" + metadata.uid(),
                "metadata.uid",
                metadata.uid(),
                request.erasure(),
                List.copyOf(request.callbacks().keySet()),
                own -> metadata.tenant(),
                KetchMessages.reply(request),
                false,
                standing -> true);
    }

    @RequestMapping("/**")
    void elsewhere() {
        throw new Problem(Problem.Kind.NOT_FOUND, "no-such-resource", "there is no such resource");
    }
}
