package io.darter.demo;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a Range header asks for. Several ranges at once are answered with the whole, which the protocol allows. */
sealed interface ByteRange {
    Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    record Whole() implements ByteRange {}

    record Part(long from, long length) implements ByteRange {}

    record Outside() implements ByteRange {}

    static ByteRange parse(@Nullable String header, long sizeBytes) {
        if (header == null) {
            return new Whole();
        }
        var match = ONE.matcher(header);
        if (!match.matches() || header.equals("bytes=-")) {
            return new Whole();
        }
        var first = match.group(1);
        var last = match.group(2);
        if (first.isEmpty()) {
            var length = Math.min(Long.parseLong(last), sizeBytes);
            return length == 0 ? new Outside() : new Part(sizeBytes - length, length);
        }
        var from = Long.parseLong(first);
        var to = last.isEmpty() ? sizeBytes - 1 : Math.min(Long.parseLong(last), sizeBytes - 1);
        return from > to ? new Outside() : new Part(from, to - from + 1);
    }
}
