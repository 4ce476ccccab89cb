package io.expunge.evidence;

import io.expunge.catalog.TrainingSets;
import io.expunge.catalog.VersionView;
import io.expunge.engine.Network;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.Seeds;
import io.expunge.engine.Trainer;
import io.expunge.run.StageWork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** Models retrained without what is to be forgotten; kept in the run's workspace, so each is trained once for a run. */
final class References implements AutoCloseable {

    private final List<Network> networks = new ArrayList<>();
    private double seconds;

    private References() {}

    static References of(
            StageWork work, NetworkArchitecture architecture, VersionView parent, TrainingSets.Sets data, int count) {
        var all = new References();
        try {
            for (int i = 0; i < count; i++) {
                all.add(work, architecture, parent, data, i);
            }
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    private void add(
            StageWork work, NetworkArchitecture architecture, VersionView parent, TrainingSets.Sets data, int index) {
        // another parent has forgotten other records
        var name = "reference-" + index + "-" + parent.id();
        Path file = work.workspace().resolve(name + ".safetensors");
        Path time = work.workspace().resolve(name + ".seconds");
        try {
            if (!trained(time)) {
                long began = System.nanoTime();
                long seed = Seeds.derive(work.run().id().getLeastSignificantBits(), index);
                try (var network = Trainer.train(
                        architecture, parent.trained().ofNetwork(), data.retain(), seed, work.monitor(name))) {
                    network.save(file);
                }
                record(time, (System.nanoTime() - began) / 1e9);
            }
            seconds += Double.parseDouble(Files.readString(time));
            networks.add(Network.load(architecture, file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether a reference was trained to its end; a file that a killed process left unfinished says nothing. */
    static boolean trained(Path time) throws IOException {
        return Files.exists(time) && !Files.readString(time).isBlank();
    }

    /** Under its name only when it is whole: a worker may be killed at any moment. */
    static void record(Path time, double seconds) throws IOException {
        var draft = time.resolveSibling(time.getFileName() + ".draft");
        Files.writeString(draft, Double.toString(seconds));
        Files.move(draft, time, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    List<Network> networks() {
        return networks;
    }

    /** Mean time of one retraining; 0 without references. */
    double meanSeconds() {
        return networks.isEmpty() ? 0 : seconds / networks.size();
    }

    @Override
    public void close() {
        networks.forEach(Network::close);
    }
}
