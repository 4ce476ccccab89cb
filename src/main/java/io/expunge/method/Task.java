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
 * @param predicted what an attribution says that this version would answer had it never learned from {@code forget}
 * @param retrained the mean of what networks answer that never learned from {@code forget}
 * @param curvatures where a method gets the curvature of the version
 * @param session through which all gradients are computed
 */
public record Task(
        Network network,
        Examples forget,
        Examples retain,
        Recipe recipe,
        Optional<Map<String, float[]>> rewind,
        Optional<Teacher> predicted,
        Optional<Teacher> retrained,
        Curvatures curvatures,
        Session session) {

    /** For methods that need no curvature. */
    public Task(
            Network network,
            Examples forget,
            Examples retain,
            Recipe recipe,
            Optional<Map<String, float[]>> rewind,
            Optional<Teacher> predicted,
            Optional<Teacher> retrained,
            Session session) {
        this(network, forget, retain, recipe, rewind, predicted, retrained, Curvatures.NONE, session);
    }

    /** For methods that nobody teaches. */
    public Task(
            Network network,
            Examples forget,
            Examples retain,
            Recipe recipe,
            Optional<Map<String, float[]>> rewind,
            Session session) {
        this(network, forget, retain, recipe, rewind, Optional.empty(), Optional.empty(), session);
    }
}
