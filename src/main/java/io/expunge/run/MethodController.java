package io.expunge.run;

import io.expunge.api.MethodSummary;
import io.expunge.api.MethodsApi;
import io.expunge.method.MethodCard;
import java.net.URI;
import java.util.List;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RestController;

@RestController
class MethodController implements MethodsApi {

    @Override
    public ResponseEntity<List<MethodSummary>> listMethods() {
        return ResponseEntity.ok(MethodCard.all().stream()
                .map(card -> new MethodSummary(
                        card.name(),
                        card.title(),
                        URI.create(card.paper()),
                        card.models().stream()
                                .map(kind -> MethodSummary.ModelsEnum.valueOf(kind.name()))
                                .toList(),
                        card.hyperParameters()))
                .toList());
    }
}
