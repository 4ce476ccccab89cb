package io.expunge.engine;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** A text beside a model's weights, of a size that can be meant. */
final class TextFile {

    private static final long MOST_BYTES = 256L << 20;

    private TextFile() {}

    /** @throws ModelRefused if it is missing, a link, too large, or not UTF-8 */
    static String read(Path directory, String name) throws IOException {
        var file = directory.resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new ModelRefused(name + " is missing");
        }
        try (var channel = Disk.open(file)) {
            if (channel.size() > MOST_BYTES) {
                throw new ModelRefused(name + " is larger than " + MOST_BYTES + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(Disk.read(channel, 0, (int) channel.size()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ModelRefused(name + " is not text in UTF-8");
        }
    }
}
