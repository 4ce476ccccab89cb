package io.expunge.engine;

/**
 * One visible character for each of the 256 bytes, as GPT-2 writes tokens down: visible Latin-1 bytes stand for
 * themselves, the n-th of the others for the character 256 + n. Identifiers follow the order of these characters.
 */
final class ByteAlphabet {

    static final int SIZE = 256;

    private static final char[] CHARACTER_OF = new char[SIZE];
    private static final int[] ID_OF = new int[SIZE];
    private static final byte[] BYTE_OF = new byte[SIZE];

    static {
        char hidden = SIZE;
        for (int value = 0; value < SIZE; value++) {
            CHARACTER_OF[value] = isVisible(value) ? (char) value : hidden++;
        }
        int id = 0;
        for (int character = 0; character < hidden; character++) {
            for (int value = 0; value < SIZE; value++) {
                if (CHARACTER_OF[value] == character) {
                    BYTE_OF[id] = (byte) value;
                    ID_OF[value] = id++;
                }
            }
        }
    }

    private ByteAlphabet() {}

    private static boolean isVisible(int value) {
        return (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC) || value >= 0xAE;
    }

    static int idOf(byte value) {
        return ID_OF[Byte.toUnsignedInt(value)];
    }

    static byte byteOf(int id) {
        return BYTE_OF[id];
    }

    static String write(byte[] token) {
        var text = new StringBuilder(token.length);
        for (byte value : token) {
            text.append(CHARACTER_OF[Byte.toUnsignedInt(value)]);
        }
        return text.toString();
    }
}
