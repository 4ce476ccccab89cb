package io.expunge.intake;

import io.expunge.shared.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/**
 * The resources of a processor in <a href="https://github.com/opengdpr/opengdpr">OpenDSR 2.0</a>, under its own names and
 * those of OpenGDPR. What is answered is signed as it is sent.
 */
@ConditionalOnProperty("expunge.opendsr.domain")
@RestController
@RequestMapping(OpenDsrController.ROOT)
class OpenDsrController {

    static final String ROOT = "/opendsr/v2";

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final OpenDsr requests;
    private final OpenDsrReader reader;
    private final OpenDsrSigner signer;
    private final Clock clock;

    OpenDsrController(OpenDsr requests, OpenDsrReader reader, OpenDsrSigner signer, Clock clock) {
        this.requests = requests;
        this.reader = reader;
        this.signer = signer;
        this.clock = clock;
    }

    @GetMapping("/discovery")
    ResponseEntity<byte[]> discovery() {
        var body = new LinkedHashMap<String, Object>();
        body.put("api_version", OpenDsr.VERSION);
        body.put(
                "supported_identities",
                reader.identities().stream()
                        .map(one ->
                                Map.of("identity_type", one.identityType(), "identity_format", one.identityFormat()))
                        .toList());
        body.put("supported_subject_request_types", List.of("erasure"));
        body.put("processor_certificate", "https://" + signer.domain() + ROOT + "/certificate.pem");
        return signed(HttpStatus.OK, body);
    }

    @GetMapping("/certificate.pem")
    ResponseEntity<String> certificate() {
        return ResponseEntity.ok()
                .contentType(MediaType.parseMediaType("application/x-pem-file"))
                .body(signer.certificates());
    }

    @PostMapping({"/requests", "/opendsr_requests", "/opengdpr_requests"})
    ResponseEntity<byte[]> create(InputStream in) throws IOException {
        var raw = Bodies.read(in);
        var seen = requests.create(reader.read(raw));
        var body = receipt(seen, seen.standing().receivedAt());
        body.put("expected_completion_time", seen.standing().dueAt().toString());
        body.put("encoded_request", Base64.getEncoder().encodeToString(raw));
        return signed(HttpStatus.CREATED, body);
    }

    @GetMapping({"/requests/{id}", "/opendsr_requests/{id}", "/opengdpr_requests/{id}"})
    ResponseEntity<byte[]> status(@PathVariable String id) {
        var seen = requests.find(OpenDsrReader.id("subject_request_id", id));
        return signed(HttpStatus.OK, OpenDsrStatus.of(seen.request(), seen.standing()));
    }

    @DeleteMapping({"/requests/{id}", "/opendsr_requests/{id}", "/opengdpr_requests/{id}"})
    ResponseEntity<byte[]> cancel(@PathVariable String id) {
        var seen = requests.cancel(OpenDsrReader.id("subject_request_id", id));
        return signed(HttpStatus.ACCEPTED, receipt(seen, clock.instant()));
    }

    @RequestMapping("/**")
    void elsewhere() {
        throw new Problem(Problem.Kind.NOT_FOUND, "no-such-resource", "there is no such resource");
    }

    private static Map<String, Object> receipt(Filings.Seen seen, Instant received) {
        var body = new LinkedHashMap<String, Object>();
        body.put("controller_id", seen.request().controllerId().toString());
        body.put("subject_request_id", seen.request().foreignId());
        body.put("received_time", received.toString());
        body.put("api_version", OpenDsr.VERSION);
        return body;
    }

    private ResponseEntity<byte[]> signed(HttpStatus status, Map<String, Object> body) {
        var raw = JSON.writeValueAsString(body).getBytes(StandardCharsets.UTF_8);
        var headers = new HttpHeaders();
        signer.headers(raw).forEach(headers::set);
        return ResponseEntity.status(status)
                .headers(headers)
                .contentType(MediaType.APPLICATION_JSON)
                .cacheControl(CacheControl.noStore())
                .body(raw);
    }
}
