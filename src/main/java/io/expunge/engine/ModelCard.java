package io.expunge.engine;

import java.nio.charset.StandardCharsets;

/** Our section of a model's README.md, between two marks that readers do not see. */
final class ModelCard {

    static final String FILE = "README.md";

    private static final String BEGIN = "<!-- expunge:begin -->";
    private static final String END = "<!-- expunge:end -->";

    private ModelCard() {}

    /**
     * Puts the section in place of the one already there, or else behind the rest, of which every byte stays.
     *
     * @throws ModelRefused if the card has one mark without the other
     * @throws IllegalArgumentException if the section contains a mark
     */
    static byte[] withSection(byte[] card, String section) {
        if (section.contains(BEGIN) || section.contains(END)) {
            throw new IllegalArgumentException(
                    "the section of the model card must not contain " + BEGIN + " or " + END);
        }
        // One character for each byte, so that bytes which are no text pass through unharmed.
        var text = new String(card, StandardCharsets.ISO_8859_1);
        var marked =
                BEGIN + "\n" + new String(section.strip().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1)
                        + "\n" + END;
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if ((begin < 0) != (end < 0) || end < begin) {
            throw new ModelRefused(FILE + " has one of the marks " + BEGIN + " and " + END + " without the other");
        }
        if (begin >= 0) {
            text = text.substring(0, begin) + marked + text.substring(end + END.length());
        } else {
            var gap = text.isEmpty() ? "" : text.endsWith("\n") ? "\n" : "\n\n";
            text = text + gap + marked + "\n";
        }
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
