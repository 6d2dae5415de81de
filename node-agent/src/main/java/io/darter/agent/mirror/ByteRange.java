package io.darter.agent.mirror;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of a blob that a request asks for: bytes {@code [from, to)} of {@code size}. */
record ByteRange(long from, long to, long size) {
    /** Possessive throughout: what does not fit is refused at once, however long it is. */
    private static final Pattern SINGLE =
            Pattern.compile("\\s*+bytes\\s*+=\\s*+(\\d{0,18}+)\\s*+-\\s*+(\\d{0,18}+)\\s*+");

    /** Nothing of the range is in the blob. */
    static final class Unsatisfiable extends Exception {
        Unsatisfiable() {
            super("no byte of the range is in the blob", null, false, false);
        }
    }

    /**
     * What a Range header selects. Without one, and for what is not a single range (which may be ignored by RFC 9110), the
     * whole.
     */
    static ByteRange of(Optional<String> header, long size) throws Unsatisfiable {
        Matcher single = SINGLE.matcher(header.orElse(""));
        ByteRange whole = new ByteRange(0, size, size);
        if (!single.matches()) {
            return whole;
        }
        String first = single.group(1);
        String last = single.group(2);
        if (first.isEmpty()) {
            return last.isEmpty() ? whole : suffix(Long.parseLong(last), size);
        }
        long from = Long.parseLong(first);
        if (!last.isEmpty() && Long.parseLong(last) < from) {
            return whole;
        }
        if (from >= size) {
            throw new Unsatisfiable();
        }
        return new ByteRange(from, last.isEmpty() ? size : Math.min(size, Long.parseLong(last) + 1), size);
    }

    private static ByteRange suffix(long length, long size) throws Unsatisfiable {
        if (length == 0 || size == 0) {
            throw new Unsatisfiable();
        }
        return new ByteRange(Math.max(0, size - length), size, size);
    }

    long length() {
        return to - from;
    }

    /** Value of Content-Range. */
    String contentRange() {
        return "bytes " + from + "-" + (to - 1) + "/" + size;
    }
}
