package io.expunge.intake;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The other side's end: keeps what it is told and answers with one status. */
final class Receiver implements AutoCloseable {

    record Told(String method, String path, Map<String, String> headers, byte[] body) {}

    private final HttpServer server;
    private final List<Told> got = new CopyOnWriteArrayList<>();

    Receiver(int status) throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            var headers = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
            exchange.getRequestHeaders().forEach((name, values) -> headers.put(name, values.getFirst()));
            got.add(new Told(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    headers,
                    exchange.getRequestBody().readAllBytes()));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    String root() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    String url() {
        return root() + "/told";
    }

    List<Told> got() {
        return new ArrayList<>(got);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
