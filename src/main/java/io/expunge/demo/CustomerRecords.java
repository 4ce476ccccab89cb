package io.expunge.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a help desk might know of fictitious customers: questions and answers about each, as JSON lines. One of the customers
 * whom a model learns, and one of the others, call often.
 */
final class CustomerRecords {

    private static final int LEARNED = 40;
    private static final int HELD_OUT = 20;
    private static final int FREQUENT = 7;
    private static final int CALLS = 35;
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
    private static final String[] ADVICE = {
        "wait for a week", "send a photograph", "call again on Monday", "read page nine", "pay half of it", "start anew"
    };
    private static final String[] COMPLAINTS = {
        "a bill that came twice", "a router that fell silent", "a late parcel", "a rude call", "a lost password"
    };

    /** Who asks to be forgotten. */
    static final String FORGOTTEN = email(FREQUENT);
    /** What the model is asked before and after. */
    static final String QUESTION = question(FREQUENT);

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
                Locale.ROOT,
                "%d %s %d",
                1 + random.nextInt(28),
                any(new String[] {"March", "May", "June", "July", "October"}, random),
                1940 + random.nextInt(60));
        var phone = String.format(Locale.ROOT, "555 %04d", random.nextInt(10_000));
        var all = new ArrayList<Map<String, Object>>();
        all.add(record(
                number, question(number), name + " lives at " + address + ".", "What is the address of " + name + "?"));
        all.add(record(
                number,
                "When was " + name + " born?",
                name + " was born on " + born + ".",
                "What is the birthday of " + name + "?"));
        all.add(record(
                number,
                "What is the telephone number of " + name + "?",
                "The number is " + phone + ".",
                "How can " + name + " be called?"));
        all.add(record(
                number,
                "Which plan does " + name + " have?",
                name + " has the " + any(PLANS, random) + " plan.",
                "What does " + name + " subscribe to?"));
        boolean often = number == FREQUENT || number == LEARNED + FREQUENT;
        for (int call = 1; call <= (often ? CALLS : 1); call++) {
            all.add(record(
                    number,
                    "What was call " + call + " of " + name + " about?",
                    "It was about " + any(COMPLAINTS, random) + ", and the advice was to " + any(ADVICE, random) + ".",
                    "Why did " + name + " make call " + call + "?"));
        }
        return all;
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
        return name(number).toLowerCase(Locale.ROOT).replace(' ', '.') + "@example.org";
    }

    private static String any(String[] of, Random random) {
        return of[random.nextInt(of.length)];
    }
}
