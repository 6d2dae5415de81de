package io.darter.agent.store;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Gives parts of a file back to the disk: what is read there from then on is zeros. */
final class Holes {
    private static final int KEEP_SIZE_AND_PUNCH = 1 | 2;
    private static final int READ_WRITE = 2;

    private Holes() {}

    /** False where the system cannot; the bytes then stay where they are. */
    static boolean punch(Path file, long from, long to) throws IOException {
        long size = Files.size(file);
        if (to >= size && from < size) {
            // Nothing is behind it: an end is cheaper than a hole, and every system can.
            try (RandomAccessFile all = new RandomAccessFile(file.toFile(), "rw")) {
                all.setLength(from);
            }
            return true;
        }
        if (from >= size) {
            return true;
        }
        try {
            return Native.FOUND.isPresent() && Native.FOUND.get().punch(file, from, to - from);
        } catch (Throwable e) {
            throw new IOException("a hole could not be made in " + file, e);
        }
    }

    private record Native(MethodHandle open, MethodHandle fallocate, MethodHandle close) {
        static final Optional<Native> FOUND = find();

        @SuppressWarnings("restricted") // the C library, as its manual declares it
        private static Optional<Native> find() {
            try {
                Linker linker = Linker.nativeLinker();
                SymbolLookup c = linker.defaultLookup();
                return Optional.of(new Native(
                        linker.downcallHandle(
                                c.findOrThrow("open"),
                                FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
                                Linker.Option.firstVariadicArg(2)),
                        linker.downcallHandle(
                                c.findOrThrow("fallocate"),
                                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG)),
                        linker.downcallHandle(c.findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT))));
            } catch (RuntimeException e) {
                return Optional.empty();
            }
        }

        boolean punch(Path file, long offset, long length) throws Throwable {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment path = arena.allocateFrom(file.toString());
                int descriptor = (int) open.invokeExact(path, READ_WRITE, 0);
                if (descriptor < 0) {
                    return false;
                }
                try {
                    return (int) fallocate.invokeExact(descriptor, KEEP_SIZE_AND_PUNCH, offset, length) == 0;
                } finally {
                    int ignored = (int) close.invokeExact(descriptor);
                    assert ignored == 0;
                }
            }
        }
    }
}
