package io.expunge.evidence;

import io.expunge.audit.Actor;
import io.expunge.method.Method;
import io.expunge.shared.IdempotencyKey;
import io.expunge.shared.Problem;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Orders runs in the name of whoever left a standing order. */
@Service
public class Orders {

    private final Planning planning;
    private final Policies policies;

    Orders(Planning planning, Policies policies) {
        this.planning = planning;
        this.policies = policies;
    }

    /**
     * Passes if the controller has a policy of this name.
     *
     * @throws Problem if it has none
     */
    public void requirePolicy(UUID controller, String name) {
        policies.rules(controller, name);
    }

    /**
     * Orders a run for requests that wait for a model.
     *
     * @param requests those that it is for; all that wait when empty
     * @param policy judges it; the model's own if null
     * @param method goes before those of the policy; these alone if null
     * @param key what makes a repetition the same order
     * @throws Problem if nothing waits, or the method does not edit such a model
     */
    public UUID order(
            Actor actor,
            UUID model,
            List<UUID> requests,
            @Nullable String policy,
            @Nullable Method method,
            IdempotencyKey key) {
        return planning.start(actor, model, requests, policy, method, key);
    }
}
