package io.expunge.intake;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.springframework.test.context.DynamicPropertyRegistry;

/** Who speaks the protocols with a service under test: Fides and Sombra, both called at addresses of the operator's. */
public final class Others {

    private static final Receiver RECEIVER = receiver();

    /** The key that Sombra signs with. */
    static final Sombra SOMBRA = new Sombra();

    private Others() {}

    /** Tells a service that is about to start where they are, and who it is to them. */
    public static void introduce(DynamicPropertyRegistry registry, Path directory) throws Exception {
        var folder = Files.createDirectories(directory.resolve("protocols"));
        var made = Certificates.make(folder, "dsr.example.com", "RSA");
        registry.add("expunge.opendsr.certificate", () -> made.path("own.pem"));
        registry.add("expunge.opendsr.private-key", () -> made.path("own.key"));
        registry.add("expunge.fides.url", () -> RECEIVER.root() + "/");
        registry.add("expunge.transcend.sombra-url", RECEIVER::root);
        var key = Files.writeString(folder.resolve("sombra.pem"), SOMBRA.pem());
        registry.add("expunge.transcend.signing-keys", key::toString);
    }

    /** What they were told at this path. */
    static List<Receiver.Told> toldAt(String path) {
        return RECEIVER.got().stream().filter(one -> one.path().equals(path)).toList();
    }

    private static Receiver receiver() {
        try {
            return new Receiver(200);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
