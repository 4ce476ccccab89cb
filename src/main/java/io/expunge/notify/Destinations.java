package io.expunge.notify;

import io.expunge.shared.Problem;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.stereotype.Component;

/** Which addresses may be called: none of our own network, unless it is allowed by setting. */
@Component
class Destinations {

    private final InetAddressFilter filter;
    private final boolean http;

    Destinations(NotifySettings settings) {
        var external = InetAddressFilter.externalAddresses();
        this.filter = settings.allowedNetworks().isEmpty()
                ? external
                : external.or(settings.allowedNetworks().toArray(String[]::new));
        this.http = settings.allowHttp();
    }

    /** Asked again whenever a connection is made, because a name may come to mean another address. */
    InetAddressFilter filter() {
        return filter;
    }

    /**
     * An address that may be registered.
     *
     * @param field what a refusal names
     * @throws Problem naming the field and what is wrong with it
     */
    URI checked(String field, String text) {
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw Problem.invalid(field, "must be a URL");
        }
        var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !(http && scheme.equals("http"))) {
            throw Problem.invalid(field, http ? "must begin with https:// or http://" : "must begin with https://");
        }
        if (url.getPort() == 0 || url.getPort() > 65_535) {
            throw Problem.invalid(field, "must have a port between 1 and 65535");
        }
        if (url.getHost() == null || url.getUserInfo() != null || url.getFragment() != null) {
            throw Problem.invalid(field, "must have a host and neither a user nor a fragment");
        }
        try {
            if (!Arrays.stream(InetAddress.getAllByName(url.getHost())).allMatch(filter::matches)) {
                throw Problem.invalid(field, "must not lead to an internal address");
            }
        } catch (UnknownHostException e) {
            throw Problem.invalid(field, "has a host that cannot be resolved");
        }
        return url;
    }
}
