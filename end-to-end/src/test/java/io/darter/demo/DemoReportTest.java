package io.darter.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class DemoReportTest {
    private final DemoReport report = new DemoReport(
            "127.0.0.1:5000/demo/image:v1",
            100,
            4,
            new DemoReport.OriginFigures(100, 7, 2, "counted at the origin"),
            400,
            2.5,
            List.of(1.0, 2.0, 2.5, 0.5),
            true,
            "https://127.0.0.1:8443/");

    @Test
    void theLastLineHasTheFieldsThatPeopleScriptAgainst() {
        assertEquals(
                "{\"content\":\"127.0.0.1:5000/demo/image:v1\",\"contentBytes\":100,\"nodes\":4,\"originBytes\":100,"
                        + "\"originMetaBytes\":7,\"peakOriginConnections\":2,\"deliveredBytes\":400,"
                        + "\"savedPercent\":75.0,\"seconds\":2.5,\"meanNodeSeconds\":1.5,\"p95NodeSeconds\":2.5,"
                        + "\"verified\":true,\"consoleUrl\":\"https://127.0.0.1:8443/\"}",
                report.json());
        assertEquals(13, JsonMapper.shared().readTree(report.json()).size());
    }

    @Test
    void theTextSaysWhereTheOriginWasCounted() {
        assertTrue(report.text().contains("1.00 x the content, at most 2 connections (counted at the origin)"));
    }

    @Test
    void ninetyFiveOfAHundredIsTheNearestRank() {
        var hundred = IntStream.rangeClosed(1, 100).mapToObj(Double::valueOf).toList();
        var many = new DemoReport("x", 1, 100, report.origin(), 100, 100, hundred, true, "");
        assertEquals(95.0, many.p95NodeSeconds());
    }
}
