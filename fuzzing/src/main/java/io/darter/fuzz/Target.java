package io.darter.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One decoder of bytes that come from outside.
 *
 * @param name lower-case, for commands and folders
 * @param examples good inputs, to begin with
 * @param words that inputs are made of
 * @param refusals the exceptions by which it may say no; any other is a mistake
 * @param allocatedBytesMax for an empty input; each byte of it may cost {@link #BYTES_FOR_A_BYTE} more
 * @param allThreads whether it hands the input to other threads, so that theirs counts as its allocation
 */
public record Target(
        String name,
        List<byte[]> examples,
        List<String> words,
        Decoder decoder,
        List<Class<? extends Throwable>> refusals,
        long allocatedBytesMax,
        boolean allThreads) {
    static final long BYTES_FOR_A_BYTE = 64;
    private static final long ALLOCATED_BYTES = 1 << 20;

    /** Takes any bytes; returns, or refuses them by one of the declared exceptions. */
    public interface Decoder {
        void decode(byte[] input) throws Exception;
    }

    public static Target of(String name, Decoder decoder) {
        return new Target(name, List.of(), List.of(), decoder, List.of(), ALLOCATED_BYTES, false);
    }

    public Target refusing(Class<? extends Throwable> refusal) {
        List<Class<? extends Throwable>> more = new ArrayList<>(refusals);
        more.add(refusal);
        return new Target(name, examples, words, decoder, List.copyOf(more), allocatedBytesMax, allThreads);
    }

    public Target withExamples(byte[]... inputs) {
        return new Target(name, List.of(inputs), words, decoder, refusals, allocatedBytesMax, allThreads);
    }

    public Target withExamples(String... inputs) {
        return withExamples(Arrays.stream(inputs)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new));
    }

    public Target withWords(String... inputs) {
        return new Target(name, examples, List.of(inputs), decoder, refusals, allocatedBytesMax, allThreads);
    }

    /** It needs more than a MiB, for a reason that the caller gives. */
    public Target mayAllocate(long bytes) {
        return new Target(name, examples, words, decoder, refusals, bytes, allThreads);
    }

    public Target onOtherThreads() {
        return new Target(name, examples, words, decoder, refusals, allocatedBytesMax, true);
    }
}
