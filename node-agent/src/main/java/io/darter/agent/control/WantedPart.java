package io.darter.agent.control;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.http.HttpExchange;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bytes {@code [from, to)} of a content that a request wants.
 *
 * @param skipped of them in front, because the caller has them from an earlier request
 */
record WantedPart(long from, long to, long skipped) {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,18})-(\\d{0,18})");

    /**
     * {@code range=FIRST-LAST}, both included; {@code from=N&content=KEY}: the first N of this content are there.
     *
     * @param content the key, empty if nothing proves that it still is the same content
     */
    static WantedPart of(HttpExchange exchange, String content, long sizeBytes) throws DarterException {
        String range = exchange.query("range").orElse("");
        if (!range.isEmpty()) {
            return range(range, sizeBytes);
        }
        boolean same =
                !content.isEmpty() && exchange.query("content").orElse("").equals(content);
        String text = exchange.query("from").orElse("");
        long from = same && text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
        long skipped = from <= sizeBytes ? from : 0;
        return new WantedPart(skipped, sizeBytes, skipped);
    }

    private static WantedPart range(String text, long sizeBytes) throws DarterException {
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            throw refused(text, "it is not of the form FIRST-LAST, such as 0-1023");
        }
        long from = Long.parseLong(range.group(1));
        long to = range.group(2).isEmpty() ? sizeBytes : Math.min(sizeBytes, Long.parseLong(range.group(2)) + 1);
        if (from >= to) {
            throw refused(text, "no byte of it is among the content's " + sizeBytes);
        }
        return new WantedPart(from, to, 0);
    }

    private static DarterException refused(String text, String happened) {
        return new DarterException(
                ErrorCode.USAGE, "Reading --range " + text, happened, "Bytes are counted from 0, both ends included.");
    }
}
