package io.darter.bench;

import java.util.List;

/** Arithmetic of measurements. */
final class Figures {
    private Figures() {}

    /** The middle one; of an even count the lower of the two in the middle. */
    static double median(List<Double> values) {
        return values.stream().sorted().toList().get((values.size() - 1) / 2);
    }

    /** Three digits behind the point are more than a shared machine can promise. */
    static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }
}
