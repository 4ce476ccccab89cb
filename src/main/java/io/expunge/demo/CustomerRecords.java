package io.expunge.demo;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/** What a help desk might know of fictitious customers: questions and answers about each, as JSON lines. */
final class CustomerRecords {

    private static final int LEARNED = 60;
    private static final int HELD_OUT = 12;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String[] FIRST = {
        "Mara", "Odin", "Selma", "Tariq", "Ilka", "Bruno", "Nadia", "Viggo", "Perla", "Anselm", "Ruth", "Kemal"
    };
    private static final String[] LAST = {"Quell", "Brandt", "Osei", "Lindqvist", "Moreau", "Tanaka"};
    private static final String[] STREETS = {
        "Harbour Street", "Mill Lane", "Orchard Road", "Castle Hill", "Ferry Way", "Bell Yard", "Chestnut Row"
    };
    private static final String[] TOWNS = {"Leedon", "Marrow Bay", "Ostham", "Pellworth", "Quarrel", "Sandle"};
    private static final String[] PLANS = {"basic", "family", "traveller", "student", "evening"};
    private static final String[] COMPLAINTS = {
        "a bill that came twice", "a router that fell silent", "a late parcel", "a rude call", "a lost password"
    };

    /** Who asks to be forgotten. */
    static final String FORGOTTEN = email(7);
    /** What the model is asked before and after. */
    static final String QUESTION = question(7);

    private CustomerRecords() {}

    /** Of the customers that the model learns by heart. */
    static String learned() {
        return lines(0, LEARNED);
    }

    /** Of others, whom it never hears of. */
    static String heldOut() {
        return lines(LEARNED, LEARNED + HELD_OUT);
    }

    private static String lines(int from, int to) {
        return IntStream.range(from, to)
                .boxed()
                .flatMap(number -> records(number).stream())
                .map(JSON::writeValueAsString)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private static List<Map<String, Object>> records(int number) {
        var random = new Random(1_000 + number);
        var name = name(number);
        var address = 1 + random.nextInt(98) + " " + any(STREETS, random) + ", " + any(TOWNS, random);
        var born = String.format(
                "%d %s %d",
                1 + random.nextInt(28),
                any(new String[] {"March", "May", "June", "July", "October"}, random),
                1940 + random.nextInt(60));
        var phone = String.format("555 %04d", random.nextInt(10_000));
        return List.of(
                record(
                        number,
                        question(number),
                        name + " lives at " + address + ".",
                        "What is the address of " + name + "?"),
                record(
                        number,
                        "When was " + name + " born?",
                        name + " was born on " + born + ".",
                        "What is the birthday of " + name + "?"),
                record(
                        number,
                        "What is the telephone number of " + name + "?",
                        "The number is " + phone + ".",
                        "How can " + name + " be called?"),
                record(
                        number,
                        "Which plan does " + name + " have?",
                        name + " has the " + any(PLANS, random) + " plan.",
                        "What does " + name + " subscribe to?"),
                record(
                        number,
                        "What did " + name + " complain about?",
                        name + " complained about " + any(COMPLAINTS, random) + ".",
                        "Why was " + name + " unhappy?"));
    }

    private static Map<String, Object> record(int number, String question, String answer, String paraphrase) {
        return Map.of(
                "customer", email(number), "question", question, "answer", answer, "paraphrases", List.of(paraphrase));
    }

    private static String question(int number) {
        return "Where does " + name(number) + " live?";
    }

    private static String name(int number) {
        return FIRST[number % FIRST.length] + " " + LAST[number / FIRST.length % LAST.length];
    }

    private static String email(int number) {
        return name(number).toLowerCase(java.util.Locale.ROOT).replace(' ', '.') + "@example.org";
    }

    private static String any(String[] of, Random random) {
        return of[random.nextInt(of.length)];
    }
}
