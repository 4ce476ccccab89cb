package io.expunge.intake;

import io.expunge.erasure.Erasures;
import io.expunge.notify.Callbacks;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The adapter, where a domain is given. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("expunge.opendsr.domain")
class OpenDsrConfiguration {

    private static final Pattern DOMAIN =
            Pattern.compile("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    @Bean
    OpenDsrSigner openDsrSigner(OpenDsrSettings settings) {
        return new OpenDsrSigner(domain(settings), settings.certificate(), settings.privateKey());
    }

    @Bean
    OpenDsr openDsr(Filings filings, Erasures erasures, OpenDsrSettings settings) {
        return new OpenDsr(filings, erasures, domain(settings));
    }

    @Bean
    OpenDsrReader openDsrReader(OpenDsrSettings settings, Callbacks callbacks) {
        var regulation = settings.defaultRegulation();
        if (regulation != null && !List.of("gdpr", "ccpa").contains(regulation)) {
            throw new IllegalStateException("expunge.opendsr.default-regulation must be gdpr or ccpa");
        }
        var identities = settings.identities().stream().map(Identity::ofOpenDsr).toList();
        return new OpenDsrReader(domain(settings), identities, regulation, callbacks);
    }

    private static String domain(OpenDsrSettings settings) {
        var domain = Objects.requireNonNull(settings.domain());
        if (!DOMAIN.matcher(domain).matches()) {
            throw new IllegalStateException("expunge.opendsr.domain must be a host name in lower case");
        }
        return domain;
    }
}
