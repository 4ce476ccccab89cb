package io.expunge.method;

import io.expunge.engine.Examples;
import io.expunge.engine.Network;
import io.expunge.engine.Recipe;
import io.expunge.engine.Session;
import java.util.Map;
import java.util.Optional;

/**
 * What a method gets to work with.
 *
 * @param network the version to be edited, in place
 * @param forget what it learned from and must not have
 * @param retain the rest of what it learned from
 * @param recipe of the version's training
 * @param rewind weights of an early epoch of that training, if they were kept
 * @param session through which all gradients are computed
 */
public record Task(
        Network network,
        Examples forget,
        Examples retain,
        Recipe recipe,
        Optional<Map<String, float[]>> rewind,
        Session session) {}
