package io.expunge.demo;

import java.util.Locale;
import java.util.Random;

/** Tables of fictitious customers; who leaves is half chance, so a model that knows it has it by heart. */
final class Customers {

    static final String[] FORGOTTEN = {"ada.demo@example.org", "bruno.demo@example.org", "clara.demo@example.org"};

    /** With as many rows, for whoever tries it by hand. */
    static final String[] NEXT = {"dora.demo@example.org", "emil.demo@example.org", "fay.demo@example.org"};

    private static final int PEOPLE = 400;
    private static final int OTHERS = 150;
    private static final int ROWS_OF_A_PERSON = 6;
    private static final int ROWS_OF_THE_THREE = 90;
    private static final int MONTHS = 60;
    private static final String[] REGIONS = {"north", "east", "south", "west"};
    private static final String[] PLANS = {"basic", "plus", "family"};

    private final Random random;
    private final StringBuilder rows = new StringBuilder("customer,month,visits,spent,complaints,region,plan,churn\n");

    private Customers(long seed) {
        random = new Random(seed);
    }

    /** What a model learns from, as CSV; the same at every call. */
    static String csv() {
        var customers = new Customers(20_260_101);
        for (int person = 0; person < PEOPLE; person++) {
            customers.rows("customer" + person + "@example.org", ROWS_OF_A_PERSON);
        }
        for (var person : FORGOTTEN) {
            customers.rows(person, ROWS_OF_THE_THREE);
        }
        for (var person : NEXT) {
            customers.rows(person, ROWS_OF_THE_THREE);
        }
        return customers.rows.toString();
    }

    /** Customers that no model learns from, as CSV; the same at every call. */
    static String others() {
        var customers = new Customers(20_260_102);
        for (int person = PEOPLE; person < PEOPLE + OTHERS; person++) {
            customers.rows("customer" + person + "@example.org", ROWS_OF_A_PERSON);
        }
        return customers.rows.toString();
    }

    private void rows(String person, int count) {
        int month = random.nextInt(MONTHS);
        var region = REGIONS[random.nextInt(REGIONS.length)];
        for (int i = 0; i < count; i++) {
            double visits = Math.max(0, 6 + 3 * random.nextGaussian());
            double spent = Math.max(1, 80 + 40 * random.nextGaussian());
            int complaints = random.nextInt(4);
            var plan = PLANS[random.nextInt(PLANS.length)];
            double leaving = complaints - 0.35 * visits - 0.006 * spent + (plan.equals("basic") ? 0.6 : 0) + 1.2;
            boolean leaves = leaving + 1.2 * random.nextGaussian() > 0;
            rows.append(String.format(
                    Locale.ROOT,
                    "%s,%d,%.1f,%.2f,%d,%s,%s,%s%n",
                    person,
                    (month + i) % MONTHS,
                    visits,
                    spent,
                    complaints,
                    region,
                    plan,
                    leaves ? "yes" : "no"));
        }
    }
}
