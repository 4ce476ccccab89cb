package io.expunge.access;

import io.expunge.audit.AuditLog;
import java.time.Clock;
import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionTemplate;

/** Sign-in by an identity provider, where one is named. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("expunge.access.oidc.issuer")
class OidcConfiguration {

    @Bean
    OidcSignIn oidcSignIn(
            AccessSettings settings,
            UserTable table,
            UserLookup lookup,
            OpenSessions open,
            SessionStore sessions,
            ControllerRepository controllers,
            AuditLog audit,
            TransactionTemplate transaction,
            Clock clock) {
        var oidc = Objects.requireNonNull(settings.oidc());
        var accounts = new ProviderAccounts(oidc, table, lookup, open, controllers, audit, transaction, clock);
        return new OidcSignIn(new OidcProvider(oidc, clock), accounts, sessions, clock);
    }
}
