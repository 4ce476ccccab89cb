package io.expunge.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MerkleTest {

    private static final int MOST = 70;

    /** Entries of the test vectors that implementations of certificate transparency share. */
    private static final List<byte[]> VECTORS = java.util.stream.Stream.of(
                    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
            .map(HexFormat.of()::parseHex)
            .toList();

    @ParameterizedTest
    @CsvSource({
        "0, e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "1, 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "2, fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "3, aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "4, d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "5, 4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "6, 76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "7, ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "8, 5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    })
    void rootsAreThoseOfTheKnownVectors(int size, String root) {
        var tree = new Kept(VECTORS.subList(0, size));
        assertThat(HexFormat.of().formatHex(Merkle.root(size, tree))).isEqualTo(root);
        assertThat(HexFormat.of().formatHex(tree.growing.root())).isEqualTo(root);
    }

    @Test
    void everyRootIsThatOfThePlainRecursion() {
        var all = entries();
        var tree = new Kept(all);
        for (int size = 1; size <= MOST; size++) {
            assertThat(Merkle.root(size, tree)).isEqualTo(plain(all.subList(0, size)));
            assertThat(new GrowingTree(size, tree).root()).isEqualTo(plain(all.subList(0, size)));
        }
    }

    @Test
    void everyEntryOfEveryTreeIsProvenAndNothingElseIs() {
        var all = entries();
        var tree = new Kept(all);
        for (int size = 1; size <= MOST; size++) {
            var root = plain(all.subList(0, size));
            for (int index = 0; index < size; index++) {
                var proof = Merkle.inclusion(index, size, tree);
                var leaf = Merkle.leaf(all.get(index));
                assertThat(Merkle.includes(leaf, index, size, proof, root)).isTrue();
                assertThat(Merkle.includes(Merkle.leaf(new byte[] {7}), index, size, proof, root))
                        .isFalse();
                assertThat(Merkle.includes(leaf, index + 1, size, proof, root)).isFalse();
                assertThat(Merkle.includes(leaf, index, size, longer(proof), root))
                        .isFalse();
                if (!proof.isEmpty()) {
                    assertThat(Merkle.includes(leaf, index, size, proof.subList(1, proof.size()), root))
                            .isFalse();
                }
            }
        }
    }

    @Test
    void everyTreeBeginsWithEverySmallerOneAndWithNoOther() {
        var all = entries();
        var tree = new Kept(all);
        for (int second = 1; second <= MOST; second++) {
            var root = plain(all.subList(0, second));
            for (int first = 1; first <= second; first++) {
                var proof = Merkle.consistency(first, second, tree);
                var before = plain(all.subList(0, first));
                assertThat(Merkle.consistent(first, before, second, root, proof))
                        .isTrue();
                assertThat(Merkle.consistent(first, plain(all.subList(1, 1 + first)), second, root, proof))
                        .isFalse();
                assertThat(Merkle.consistent(first, before, second, plain(all.subList(1, 1 + second)), proof))
                        .isFalse();
                assertThat(Merkle.consistent(first, before, second, root, longer(proof)))
                        .isFalse();
            }
        }
    }

    @Test
    void whatDoesNotFitTheTreeIsRefused() {
        var tree = new Kept(entries());
        assertThatIllegalArgumentException().isThrownBy(() -> Merkle.inclusion(5, 5, tree));
        assertThatIllegalArgumentException().isThrownBy(() -> Merkle.consistency(0, 5, tree));
        assertThatIllegalArgumentException().isThrownBy(() -> Merkle.consistency(6, 5, tree));
    }

    private static List<byte[]> longer(List<byte[]> proof) {
        var more = new ArrayList<>(proof);
        more.add(new byte[32]);
        return more;
    }

    private static List<byte[]> entries() {
        return IntStream.rangeClosed(0, MOST)
                .mapToObj(i -> ByteBuffer.allocate(4).putInt(i).array())
                .toList();
    }

    /** Section 2.1.1, word for word. */
    private static byte[] plain(List<byte[]> entries) {
        if (entries.size() == 1) {
            return Merkle.leaf(entries.getFirst());
        }
        int half = 1;
        while (2 * half < entries.size()) {
            half *= 2;
        }
        return Merkle.node(plain(entries.subList(0, half)), plain(entries.subList(half, entries.size())));
    }

    /** All nodes of a tree that grew leaf by leaf. */
    private static final class Kept implements Merkle.Nodes {

        private final GrowingTree growing = new GrowingTree();
        private final Map<List<Long>, byte[]> nodes = new HashMap<>();

        Kept(List<byte[]> entries) {
            entries.forEach(entry -> growing.append(Merkle.leaf(entry))
                    .forEach(node -> nodes.put(List.of((long) node.level(), node.index()), node.hash())));
        }

        @Override
        public byte[] hash(int level, long index) {
            return java.util.Objects.requireNonNull(nodes.get(List.of((long) level, index)));
        }
    }
}
