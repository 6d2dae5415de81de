package io.darter.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * What is distributed to whom.
 *
 * @param nodes that fetch
 * @param sizeBytes of the file
 * @param originMbit upload and download of the origin
 * @param nodeMbit of each node, each way
 * @param slow the last so many nodes have a tenth of that
 * @param staggerMillis between the starts of two nodes
 */
record SwarmShape(int nodes, long sizeBytes, double originMbit, double nodeMbit, int slow, long staggerMillis) {
    private static final double BITS = 8e-6;

    /** Node i, counted from 1. */
    ShapedNetwork.Rate rate(int node) {
        return ShapedNetwork.Rate.of(node > nodes - slow ? nodeMbit / 10 : nodeMbit);
    }

    static String address(int node) {
        return "10.77." + (1 + node / 250) + "." + (node % 250 + 1);
    }

    List<String> addresses() {
        var all = new ArrayList<String>();
        for (var node = 1; node <= nodes; node++) {
            all.add(address(node));
        }
        return all;
    }

    /** No method can be faster: max(F/u_origin, F/d_min, N·F/(u_origin + Σu)), Kumar and Ross, HotWeb 2006. */
    double boundSeconds() {
        var megabits = BITS * sizeBytes;
        var slowest = Double.MAX_VALUE;
        var uploads = originMbit;
        for (var node = 1; node <= nodes; node++) {
            slowest = Math.min(slowest, rate(node).downMbit());
            uploads += rate(node).upMbit();
        }
        return Math.max(Math.max(megabits / originMbit, megabits / slowest), nodes * megabits / uploads);
    }
}
