package io.expunge.run;

import io.expunge.catalog.TrainingSets.Learned;
import io.expunge.engine.Mlp;
import io.expunge.engine.NetworkArchitecture;
import io.expunge.engine.Optimiser;
import io.expunge.engine.Recipe;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import tools.jackson.databind.json.JsonMapper;

/** All that decides the members of an ensemble. */
record EnsemblePlan(NetworkArchitecture architecture, Recipe recipe, Learned learned, EnsembleParts parts) {

    /** Members of one shard that are trained as one computation. */
    static final int SIDE_BY_SIDE = 50;

    /** Few, so that an urgent run need not wait long for a worker. */
    private static final int ONE_BY_ONE = 4;

    private static final long NUMBERS_AT_ONCE = 40_000_000;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** How many members a shard has. */
    static int shardSize(NetworkArchitecture architecture) {
        return architecture instanceof Mlp ? SIDE_BY_SIDE : ONE_BY_ONE;
    }

    /** How many members are trained side by side: as many as fit a bounded memory with their gradients and outputs. */
    int together() {
        if (!(architecture instanceof Mlp mlp) || recipe.augment() || recipe.optimiser() != Optimiser.SGD) {
            return 1;
        }
        long weights = 0;
        long in = mlp.inputs();
        for (int width : mlp.hidden()) {
            weights += (in + 1) * width;
            in = width;
        }
        weights += (in + 1) * mlp.classes();
        long outputs =
                (long) mlp.classes() * (learned.train().size() + learned.test().size());
        long orders = 2L * learned.train().size();
        return Math.toIntExact(Math.clamp(NUMBERS_AT_ONCE / (4 * weights + outputs + orders), 1, SIDE_BY_SIDE));
    }

    /**
     * The address of what a member says: hex SHA-256 over architecture, recipe, the records that it learns from and is asked
     * about, and its seed.
     */
    String key(int member) {
        var digest = sha256();
        digest.update((JSON.writeValueAsString(architecture) + "\n" + JSON.writeValueAsString(recipe) + "\n"
                        + HexFormat.of().formatHex(learned.digest()) + "\n" + parts.seed(member) + "\n")
                .getBytes(StandardCharsets.UTF_8));
        digest.update(EnsembleTable.packed(parts.rows(member)));
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
