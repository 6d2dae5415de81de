package io.darter.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a run of the demo came to. The JSON form has fixed names that people script against.
 *
 * @param contentBytes unique compressed bytes: configuration and layers of one platform, or the file
 * @param deliveredBytes written on all nodes, the seed excluded
 * @param seconds first request to last byte
 * @param nodeSeconds of each node that was served
 */
record DemoReport(
        String content,
        long contentBytes,
        int nodes,
        OriginFigures origin,
        long deliveredBytes,
        double seconds,
        List<Double> nodeSeconds,
        boolean verified,
        String consoleUrl) {
    /**
     * @param bytes body bytes of content that left the origin
     * @param metaBytes the same for manifests, tags and tokens
     * @param countedAt where, in words
     */
    record OriginFigures(long bytes, long metaBytes, int peakConnections, String countedAt) {}

    double savedPercent() {
        return deliveredBytes == 0 ? 0 : 100.0 * (deliveredBytes - origin.bytes()) / deliveredBytes;
    }

    double meanNodeSeconds() {
        return nodeSeconds.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    }

    /** The time within which 95 of 100 nodes were served (nearest rank). */
    double p95NodeSeconds() {
        if (nodeSeconds.isEmpty()) {
            return 0;
        }
        var sorted = nodeSeconds.stream().sorted().toList();
        return sorted.get((int) Math.ceil(0.95 * sorted.size()) - 1);
    }

    String json() {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("content", content);
        fields.put("contentBytes", contentBytes);
        fields.put("nodes", nodes);
        fields.put("originBytes", origin.bytes());
        fields.put("originMetaBytes", origin.metaBytes());
        fields.put("peakOriginConnections", origin.peakConnections());
        fields.put("deliveredBytes", deliveredBytes);
        fields.put("savedPercent", rounded(savedPercent(), 10));
        fields.put("seconds", rounded(seconds, 1000));
        fields.put("meanNodeSeconds", rounded(meanNodeSeconds(), 1000));
        fields.put("p95NodeSeconds", rounded(p95NodeSeconds(), 1000));
        fields.put("verified", verified);
        fields.put("consoleUrl", consoleUrl);
        return JsonMapper.shared().writeValueAsString(fields);
    }

    private static double rounded(double value, int steps) {
        return Math.round(value * steps) / (double) steps;
    }

    String text() {
        var times = contentBytes == 0 ? 0 : (double) origin.bytes() / contentBytes;
        return String.format(
                Locale.ROOT,
                """

                %s
                  content          %s
                  left the origin  %s = %.2f x the content, %s (%s)
                  delivered        %s to %s, %.1f %% of it never touched the origin
                  time             %.2f s; a node was served after %.2f s on average, 95 %% within %.2f s
                  verified         %s
                  console          %s
                """,
                content,
                Sizes.text(contentBytes),
                Sizes.text(origin.bytes()),
                times,
                origin.peakConnections() == 1 ? "1 connection" : "at most " + origin.peakConnections() + " connections",
                origin.countedAt(),
                Sizes.text(deliveredBytes),
                Sizes.nodes(nodes),
                savedPercent(),
                seconds,
                meanNodeSeconds(),
                p95NodeSeconds(),
                verified ? "yes: another process hashed every delivered file again" : "NO: some nodes were not served",
                consoleUrl);
    }
}
