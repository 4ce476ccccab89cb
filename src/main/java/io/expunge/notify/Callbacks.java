package io.expunge.notify;

import io.expunge.shared.Problem;
import java.time.Clock;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** News of one request for whoever filed it, at the address that came with it. */
@Service
public class Callbacks {

    private final CallbackTable table;
    private final Destinations destinations;
    private final Clock clock;

    Callbacks(CallbackTable table, Destinations destinations, Clock clock) {
        this.table = table;
        this.destinations = destinations;
        this.clock = clock;
    }

    /**
     * An address that may be called, as it will be.
     *
     * @param field what a refusal names
     * @throws Problem if it is no address, or leads into our own network; it is asked again at every delivery
     */
    public String checked(String field, String url) {
        return destinations.checked(field, url).toString();
    }

    /** Stores what is to be told, in the transaction that it tells of. It goes out at least once, and in order. */
    @Transactional(propagation = Propagation.MANDATORY)
    public void enqueue(String protocol, UUID controller, UUID subject, String url, String body) {
        table.insert(protocol, controller, subject, url, body, clock.instant());
    }
}
