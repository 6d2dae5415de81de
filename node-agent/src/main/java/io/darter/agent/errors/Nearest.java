package io.darter.agent.errors;

import java.util.Collection;
import java.util.Locale;

/** What somebody probably meant. */
public final class Nearest {
    private static final int LETTERS_MAX = 3;

    private Nearest() {}

    /** The known name with the fewest letters changed; empty if none is known. */
    public static String of(String unknown, Collection<String> known) {
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        for (String name : known) {
            int distance = distance(unknown.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
            if (distance < bestDistance) {
                bestDistance = distance;
                best = name;
            }
        }
        return best;
    }

    /** The same if it is near enough to have been meant: half of the letters may differ, three at most. Empty for none. */
    public static String close(String unknown, Collection<String> known) {
        String best = of(unknown, known);
        int most = Math.clamp(unknown.length() / 2, 1, LETTERS_MAX);
        boolean meant =
                !best.isEmpty() && distance(unknown.toLowerCase(Locale.ROOT), best.toLowerCase(Locale.ROOT)) <= most;
        return meant ? best : "";
    }

    /** Levenshtein's. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
