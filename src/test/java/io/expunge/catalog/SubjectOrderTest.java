package io.expunge.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubjectOrderTest {

    @TempDir
    private Path directory;

    @Test
    void everyKnownRecordComesOnceInTheOrderOfItsPerson() throws IOException {
        var random = new Random(1);
        var people = new ArrayList<byte[]>();
        for (int record = 0; record < 20_000; record++) {
            var person = new byte[Pseudonym.LENGTH];
            switch (record % 4) {
                case 0 -> {} // nobody
                case 1 -> person = people.get(random.nextInt(people.size())); // somebody again, or nobody
                default -> random.nextBytes(person);
            }
            people.add(person);
        }
        var expected = new ArrayList<Integer>();
        for (int ordinal = 0; ordinal < people.size(); ordinal++) {
            if (!Arrays.equals(people.get(ordinal), new byte[Pseudonym.LENGTH])) {
                expected.add(ordinal);
            }
        }
        expected.sort((a, b) -> Arrays.compareUnsigned(people.get(a), 0, 4, people.get(b), 0, 4));

        try (var order = new SubjectOrder(file(people))) {
            var found = new ArrayList<Integer>();
            for (int place = 0; place < order.size(); place++) {
                found.add(order.ordinal(place));
                var bytes = new byte[Pseudonym.LENGTH];
                order.pseudonym(place, bytes, 0);
                assertThat(bytes).isEqualTo(people.get(order.ordinal(place)));
            }
            assertThat(found).isEqualTo(expected);
            var distinct = new HashSet<Pseudonym>();
            expected.forEach(ordinal -> distinct.add(Pseudonym.of(people.get(ordinal))));
            assertThat(order.people()).isEqualTo(distinct.size());
        }
    }

    @Test
    void peopleWhosePseudonymsBeginAlikeAreStillDifferent() throws IOException {
        var one = new byte[Pseudonym.LENGTH];
        var other = new byte[Pseudonym.LENGTH];
        one[15] = 1;
        other[8] = 1;
        try (var order = new SubjectOrder(file(List.of(one, other, one, other)))) {
            assertThat(order.size()).isEqualTo(4);
            assertThat(order.people()).isEqualTo(2);
        }
    }

    @Test
    void aTableOfUnknownPeopleHasNoOrder() throws IOException {
        try (var order = new SubjectOrder(file(List.of(new byte[Pseudonym.LENGTH], new byte[Pseudonym.LENGTH])))) {
            assertThat(order.size()).isZero();
            assertThat(order.people()).isZero();
        }
    }

    private Path file(List<byte[]> people) throws IOException {
        var file = directory.resolve("subjects");
        try (var out = Files.newOutputStream(file)) {
            for (var person : people) {
                out.write(person);
            }
        }
        return file;
    }
}
