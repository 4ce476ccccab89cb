package io.expunge.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The tree's complete subtrees, in the database. */
@Component
class TreeStore {

    private record Place(int level, long index) {}

    private final JdbcClient jdbc;

    TreeStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Leaves that are there. */
    long size() {
        return jdbc.sql("select coalesce(max(index) + 1, 0) from audit_node where level = 0")
                .query(Long.class)
                .single();
    }

    /** Appends leaves behind those that are there; the caller holds the sequencer's lock. */
    void append(long first, List<byte[]> leaves) {
        var tree = open(first);
        var grown = new ArrayList<GrowingTree.Grown>();
        leaves.forEach(leaf -> grown.addAll(tree.append(leaf)));
        jdbc.sql("""
                        insert into audit_node (level, index, hash)
                        select * from unnest(:levels::smallint[], :places::bigint[], :hashes::bytea[])
                        """)
                .param("levels", grown.stream().map(one -> (short) one.level()).toArray(Short[]::new))
                .param("places", grown.stream().map(GrowingTree.Grown::index).toArray(Long[]::new))
                .param("hashes", grown.stream().map(GrowingTree.Grown::hash).toArray(byte[][]::new))
                .update();
    }

    private GrowingTree open(long size) {
        return answered(nodes -> new GrowingTree(size, nodes));
    }

    byte[] root(long size) {
        return answered(nodes -> Merkle.root(size, nodes));
    }

    List<byte[]> inclusion(long index, long size) {
        return answered(nodes -> Merkle.inclusion(index, size, nodes));
    }

    List<byte[]> consistency(long first, long second) {
        return answered(nodes -> Merkle.consistency(first, second, nodes));
    }

    private interface Question<T> {
        T ask(Merkle.Nodes nodes);
    }

    /** Asks twice, first to learn which nodes are needed, so that one query fetches them. */
    private <T> T answered(Question<T> question) {
        var places = new ArrayList<Place>();
        question.ask((level, index) -> {
            places.add(new Place(level, index));
            return new byte[32];
        });
        var fetched = fetch(places);
        return question.ask((level, index) -> Objects.requireNonNull(
                fetched.get(new Place(level, index)), () -> "node " + index + " of level " + level + " is missing"));
    }

    private Map<Place, byte[]> fetch(List<Place> places) {
        var all = new HashMap<Place, byte[]>();
        if (places.isEmpty()) {
            return all;
        }
        jdbc.sql("""
                        select n.level, n.index, n.hash from audit_node n
                        join unnest(:levels::smallint[], :places::bigint[]) as p (level, index)
                          on n.level = p.level and n.index = p.index
                        """)
                .param("levels", places.stream().map(one -> (short) one.level()).toArray(Short[]::new))
                .param("places", places.stream().map(Place::index).toArray(Long[]::new))
                .query((row, i) -> all.put(new Place(row.getInt(1), row.getLong(2)), row.getBytes(3)))
                .list();
        return all;
    }
}
