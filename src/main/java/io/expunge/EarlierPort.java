package io.expunge;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** The port of a server's earlier starts: workers that were told its address find it there again. */
final class EarlierPort {

    private static final String FILE = "port";

    private EarlierPort() {}

    /** The port that is kept in {@code home} if nobody else listens there; 0, which lets a free one be chosen, otherwise. */
    static int of(Path home) throws IOException {
        var file = home.resolve(FILE);
        if (!Files.exists(file)) {
            return 0;
        }
        var text = Files.readString(file).strip();
        return text.matches("[1-9][0-9]{0,4}") && free(text) ? Integer.parseInt(text) : 0;
    }

    private static boolean free(String port) {
        try (var socket = new ServerSocket(Integer.parseInt(port), 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    static void keep(Path home, int port) throws IOException {
        Files.writeString(home.resolve(FILE), port + "\n");
    }
}
