package io.darter.agent.store;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
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
 * it is twenty times slower. Not safe for use by several threads at a time, like every {@link MessageDigest}.
 */
final class SystemSha256 extends MessageDigest {
    private static final Logger LOG = LoggerFactory.getLogger(SystemSha256.class);
    private static final int DIGEST_BYTES = 32;
    /** SHA256_CTX is 112 bytes in every libcrypto so far. */
    private static final int STATE_BYTES = 256;

    private static final int COPY_BYTES = 16 << 10;
    private static final Optional<Functions> FUNCTIONS = Functions.find();

    private record Functions(MethodHandle init, MethodHandle update, MethodHandle last) {
        /** Empty where there is no libcrypto that has them, or native access is not allowed. */
        @SuppressWarnings("restricted") // the library is the system's own
        static Optional<Functions> find() {
            RuntimeException why = new NoSuchElementException();
            for (String library : List.of("libcrypto.so.3", "libcrypto.so.1.1")) {
                try {
                    SymbolLookup lookup = SymbolLookup.libraryLookup(library, Arena.global());
                    Linker linker = Linker.nativeLinker();
                    return Optional.of(new Functions(
                            linker.downcallHandle(
                                    lookup.findOrThrow("SHA256_Init"), FunctionDescriptor.of(JAVA_INT, ADDRESS)),
                            linker.downcallHandle(
                                    lookup.findOrThrow("SHA256_Update"),
                                    FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG)),
                            linker.downcallHandle(
                                    lookup.findOrThrow("SHA256_Final"),
                                    FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS))));
                } catch (IllegalArgumentException | NoSuchElementException | IllegalCallerException e) {
                    why = e; // the next library, or the runtime's own
                }
            }
            LOG.atDebug().setCause(why).log("no libcrypto: SHA-256 by the Java runtime");
            return Optional.empty();
        }
    }

    private final Functions functions;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment state = arena.allocate(STATE_BYTES, Long.BYTES);

    private SystemSha256(Functions functions) {
        super("SHA-256");
        this.functions = functions;
        engineReset();
    }

    /** A fresh one, where the system has it. */
    static Optional<MessageDigest> start() {
        return FUNCTIONS.map(SystemSha256::new);
    }

    @Override
    protected int engineGetDigestLength() {
        return DIGEST_BYTES;
    }

    @Override
    protected void engineReset() {
        check(call(() -> (int) functions.init().invokeExact(state)));
    }

    @Override
    protected void engineUpdate(ByteBuffer input) {
        if (input.isDirect()) {
            update(MemorySegment.ofBuffer(input));
            input.position(input.limit());
        } else {
            super.engineUpdate(input);
        }
    }

    @Override
    protected void engineUpdate(byte input) {
        engineUpdate(new byte[] {input}, 0, 1);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
        try (Arena copies = Arena.ofConfined()) {
            MemorySegment copy = copies.allocate(Math.max(1, Math.min(length, COPY_BYTES)));
            for (int done = 0; done < length; ) {
                int count = Math.min(length - done, COPY_BYTES);
                MemorySegment.copy(input, offset + done, copy, JAVA_BYTE, 0, count);
                update(copy.asSlice(0, count));
                done += count;
            }
        }
    }

    @Override
    protected byte[] engineDigest() {
        try (Arena results = Arena.ofConfined()) {
            MemorySegment digest = results.allocate(DIGEST_BYTES);
            check(call(() -> (int) functions.last().invokeExact(digest, state)));
            engineReset();
            return digest.toArray(JAVA_BYTE);
        }
    }

    private void update(MemorySegment bytes) {
        check(call(() -> (int) functions.update().invokeExact(state, bytes, bytes.byteSize())));
    }

    private interface Native {
        int call() throws Throwable;
    }

    private static int call(Native function) {
        try {
            return function.call();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("libcrypto", e);
        }
    }

    private static void check(int result) {
        if (result != 1) {
            throw new IllegalStateException("libcrypto answered " + result + " to SHA-256");
        }
    }
}
