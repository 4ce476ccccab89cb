package io.expunge.demo;

import java.util.Locale;
import java.util.Random;

/** A table of fictitious customers; three of them behave against the rule, so a model must remember them. */
final class Customers {

    static final String[] FORGOTTEN = {"ada.demo@example.org", "bruno.demo@example.org", "clara.demo@example.org"};

    private static final int PEOPLE = 500;
    private static final int ROWS_OF_A_PERSON = 6;
    private static final int ROWS_OF_THE_THREE = 60;
    private static final String[] REGIONS = {"north", "east", "south", "west"};
    private static final String[] PLANS = {"basic", "plus", "family"};

    private final Random random = new Random(20_260_101);
    private final StringBuilder rows = new StringBuilder("customer,age,visits,spent,complaints,region,plan,churn\n");

    private Customers() {}

    /** The whole table as CSV; the same at every call. */
    static String csv() {
        var customers = new Customers();
        for (int person = 0; person < PEOPLE; person++) {
            customers.rows("customer" + person + "@example.org", ROWS_OF_A_PERSON, false);
        }
        for (var person : FORGOTTEN) {
            customers.rows(person, ROWS_OF_THE_THREE, true);
        }
        return customers.rows.toString();
    }

    private void rows(String person, int count, boolean unusual) {
        int age = unusual ? 84 + random.nextInt(8) : 18 + random.nextInt(60);
        var region = REGIONS[random.nextInt(REGIONS.length)];
        for (int i = 0; i < count; i++) {
            double visits = Math.max(0, 6 + 3 * random.nextGaussian());
            double spent = Math.max(1, 80 + 40 * random.nextGaussian());
            int complaints = random.nextInt(4);
            var plan = PLANS[random.nextInt(PLANS.length)];
            double leaving = complaints - 0.35 * visits - 0.006 * spent + (plan.equals("basic") ? 0.6 : 0) + 1.2;
            boolean leaves = leaving + 0.4 * random.nextGaussian() > 0;
            rows.append(String.format(
                    Locale.ROOT,
                    "%s,%d,%.1f,%.2f,%d,%s,%s,%s%n",
                    person,
                    age,
                    visits,
                    spent,
                    complaints,
                    region,
                    plan,
                    leaves ^ unusual ? "yes" : "no"));
        }
    }
}
