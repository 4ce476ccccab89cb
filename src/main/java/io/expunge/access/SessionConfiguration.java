package io.expunge.access;

import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.converter.GenericConverter;
import org.springframework.core.convert.support.GenericConversionService;
import org.springframework.session.config.SessionRepositoryCustomizer;
import org.springframework.session.jdbc.JdbcIndexedSessionRepository;
import org.springframework.session.web.http.CookieSerializer;
import org.springframework.session.web.http.SessionRepositoryFilter;

/** Sessions in the database, so that any process serves them and none is lost with one. */
@Configuration(proxyBeanMethods = false)
class SessionConfiguration {

    /** Of a session that ended meanwhile nothing is kept, and two requests at once may keep the same. */
    private static final String KEEP = """
        insert into console_session_attributes (session_primary_id, attribute_name, attribute_bytes)
        select s.primary_id, given.name, given.bytes
        from (select cast(? as char(36)) as id, cast(? as varchar) as name, cast(? as bytea) as bytes) given
        join console_session s on s.primary_id = given.id
        for key share of s
        on conflict (session_primary_id, attribute_name) do update set attribute_bytes = excluded.attribute_bytes
        """;

    @Bean
    SessionRepositoryCustomizer<JdbcIndexedSessionRepository> sealedSessions(SessionSeal seal) {
        var conversion = new GenericConversionService();
        conversion.addConverter(Object.class, byte[].class, seal::seal);
        conversion.addConverter(new Opening(seal));
        return sessions -> {
            sessions.setConversionService(conversion);
            sessions.setCreateSessionAttributeQuery(KEEP);
        };
    }

    private record Opening(SessionSeal seal) implements GenericConverter {

        @Override
        public Set<ConvertiblePair> getConvertibleTypes() {
            return Set.of(new ConvertiblePair(byte[].class, Object.class));
        }

        @Override
        public @Nullable Object convert(@Nullable Object source, TypeDescriptor from, TypeDescriptor to) {
            return source instanceof byte[] bytes ? seal.open(bytes) : null;
        }
    }

    @Bean
    CookieSerializer sessionCookies(SessionSeal seal, ServerProperties server) {
        var declared = server.getServlet().getSession().getCookie();
        var cookies = new SessionCookies(seal);
        cookies.setCookieName(Objects.requireNonNull(declared.getName()));
        cookies.setCookiePath("/");
        cookies.setUseHttpOnlyCookie(true);
        cookies.setSameSite(Objects.requireNonNull(declared.getSameSite()).attributeValue());
        if (declared.getSecure() != null) {
            cookies.setUseSecureCookie(declared.getSecure());
        }
        return cookies;
    }

    /** Around the filter that reads and stores sessions. */
    @Bean
    FilterRegistrationBean<DatabaseAwayFilter> databaseAway() {
        var registration = new FilterRegistrationBean<>(new DatabaseAwayFilter());
        registration.setOrder(SessionRepositoryFilter.DEFAULT_ORDER - 1);
        registration.addUrlPatterns("/console", "/console/*");
        return registration;
    }
}
