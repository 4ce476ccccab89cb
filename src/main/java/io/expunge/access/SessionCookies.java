package io.expunge.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.session.web.http.DefaultCookieSerializer;

/** Cookies that name a session and prove it; whatever proves nothing names none. */
class SessionCookies extends DefaultCookieSerializer {

    private final SessionSeal seal;

    SessionCookies(SessionSeal seal) {
        this.seal = seal;
        setUseBase64Encoding(false);
    }

    @Override
    public List<String> readCookieValues(HttpServletRequest request) {
        return super.readCookieValues(request).stream()
                .map(seal::session)
                .flatMap(Stream::ofNullable)
                .toList();
    }

    @Override
    public void writeCookieValue(CookieValue value) {
        var session = Objects.requireNonNullElse(value.getCookieValue(), "");
        if (session.isEmpty()) {
            super.writeCookieValue(value);
            return;
        }
        var sealed = new CookieValue(value.getRequest(), value.getResponse(), seal.cookie(session));
        sealed.setCookieMaxAge(value.getCookieMaxAge());
        super.writeCookieValue(sealed);
    }
}
