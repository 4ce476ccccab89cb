package io.expunge.keys;

import java.util.List;
import java.util.stream.Stream;

/** Keys from a setting or the environment; whoever set them rotates them, by a new one in front and a restart. */
final class GivenKeyRing implements KeyRing {

    private final List<Key> keys;

    GivenKeyRing(String text) {
        keys = parse(text);
    }

    static List<Key> parse(String text) {
        return Stream.of(text.split("[,\\n]", -1))
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(Key::parse)
                .toList();
    }

    @Override
    public List<Key> live() {
        return keys;
    }

    @Override
    public boolean own() {
        return false;
    }

    @Override
    public Key rotate() {
        throw new UnsupportedOperationException("these keys were given from outside");
    }

    @Override
    public void destroy(String id) {
        throw new UnsupportedOperationException("these keys were given from outside");
    }
}
