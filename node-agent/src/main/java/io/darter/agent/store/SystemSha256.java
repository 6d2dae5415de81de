package io.darter.agent.store;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SHA-256 (FIPS 180-4) by the system's libcrypto, which uses the processor's instructions from the first byte on. The
 * JDK's own does so only in code of its second compiler, minutes into the life of a node that has little to do: until then
 * it is twenty times slower. State and digest are on the heap, where the functions reach them because they never wait
 * ("critical" calls hold off a collection while they last, so what is hashed at once is bounded). Not safe for use by
 * several threads at a time, like every {@link MessageDigest}.
 */
final class SystemSha256 extends MessageDigest {
    private static final Logger LOG = LoggerFactory.getLogger(SystemSha256.class);
    private static final int DIGEST_BYTES = 32;
    /** SHA256_CTX is 112 bytes in every libcrypto so far. */
    private static final int STATE_LONGS = 32;
    /** Hashed in a tenth of a millisecond. */
    private static final int AT_ONCE_BYTES = 256 << 10;

    private final MemorySegment state = MemorySegment.ofArray(new long[STATE_LONGS]);

    private SystemSha256() {
        super("SHA-256");
        engineReset();
    }

    /** A fresh one, where the system has it. */
    static Optional<MessageDigest> start() {
        return Library.FOUND.isPresent() ? Optional.of(new SystemSha256()) : Optional.empty();
    }

    @Override
    protected int engineGetDigestLength() {
        return DIGEST_BYTES;
    }

    @Override
    protected void engineReset() {
        check(Native.init(state));
    }

    @Override
    protected void engineUpdate(ByteBuffer input) {
        update(MemorySegment.ofBuffer(input));
        input.position(input.limit());
    }

    @Override
    protected void engineUpdate(byte input) {
        engineUpdate(new byte[] {input}, 0, 1);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
        update(MemorySegment.ofArray(input).asSlice(offset, length));
    }

    private void update(MemorySegment bytes) {
        long size = bytes.byteSize();
        if (size <= AT_ONCE_BYTES) {
            check(Native.update(state, bytes));
            return;
        }
        for (long done = 0; done < size; done += AT_ONCE_BYTES) {
            check(Native.update(state, bytes.asSlice(done, Math.min(AT_ONCE_BYTES, size - done))));
        }
    }

    @Override
    protected byte[] engineDigest() {
        byte[] digest = new byte[DIGEST_BYTES];
        check(Native.last(MemorySegment.ofArray(digest), state));
        engineReset();
        return digest;
    }

    private static void check(int result) {
        if (result != 1) {
            throw new IllegalStateException("libcrypto answered " + result + " to SHA-256");
        }
    }

    /** The system's libcrypto; empty where there is none, or native access is not allowed. */
    private static final class Library {
        static final Optional<SymbolLookup> FOUND = find();

        private Library() {}

        @SuppressWarnings("restricted") // the library is the system's own
        private static Optional<SymbolLookup> find() {
            RuntimeException why = new NoSuchElementException();
            for (String name : List.of("libcrypto.so.3", "libcrypto.so.1.1")) {
                try {
                    SymbolLookup lookup = SymbolLookup.libraryLookup(name, Arena.global());
                    Linker.nativeLinker(); // refused where native access is
                    lookup.findOrThrow("SHA256_Final");
                    return Optional.of(lookup);
                } catch (IllegalArgumentException | NoSuchElementException | IllegalCallerException e) {
                    why = e; // the next library, or the runtime's own
                }
            }
            LOG.atDebug().setCause(why).log("no libcrypto: SHA-256 by the Java runtime");
            return Optional.empty();
        }
    }

    /** The library's functions. Constants, so that compiled code calls them directly. */
    private static final class Native {
        private static final MethodHandle INIT = function("SHA256_Init", FunctionDescriptor.of(JAVA_INT, ADDRESS));
        private static final MethodHandle UPDATE =
                function("SHA256_Update", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG));
        private static final MethodHandle LAST =
                function("SHA256_Final", FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS));

        private Native() {}

        @SuppressWarnings("restricted") // functions of the system's own library, as its documentation declares them
        private static MethodHandle function(String name, FunctionDescriptor descriptor) {
            SymbolLookup library = Library.FOUND.orElseThrow();
            return Linker.nativeLinker()
                    .downcallHandle(library.findOrThrow(name), descriptor, Linker.Option.critical(true));
        }

        static int init(MemorySegment state) {
            try {
                return (int) INIT.invokeExact(state);
            } catch (Throwable e) {
                throw broken(e);
            }
        }

        static int update(MemorySegment state, MemorySegment bytes) {
            try {
                return (int) UPDATE.invokeExact(state, bytes, bytes.byteSize());
            } catch (Throwable e) {
                throw broken(e);
            }
        }

        static int last(MemorySegment digest, MemorySegment state) {
            try {
                return (int) LAST.invokeExact(digest, state);
            } catch (Throwable e) {
                throw broken(e);
            }
        }

        private static IllegalStateException broken(Throwable cause) {
            return new IllegalStateException("libcrypto", cause);
        }
    }
}
