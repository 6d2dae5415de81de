package io.darter.agent.store;

import io.darter.agent.Scratch;
import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** What an agent finds on its disk when it starts. */
public final class StoreTargets implements Targets {
    private static final ContentKey KEY = ContentKey.ofSha256Hex("ab".repeat(32));
    private static final int HEADER_BYTES = 4 + 4 + 8 + 4 + 71;
    private static final int RECORD_BYTES = 4 + 32;
    private static final int DATA_BYTES_MAX = 64 << 10;

    private final Path folder = Scratch.folder();

    @Override
    public List<Target> all() {
        return List.of(
                Target.of("journal", this::readJournal)
                        .refusing(IOException.class)
                        .withExamples(sealed(journal(70_000, 65_536, 0, 1)), sealed(journal(0, 1, 0)))
                        .withWords("DRTP", KEY.value()),
                // 2^20 pieces, the most there may be, are 32 MiB of digests and what it takes to fill them.
                Target.of("store-folder", this::startStore)
                        .refusing(IOException.class)
                        .withExamples(
                                folderOf(3, 70_000, journal(70_000, 65_536, 0, 1)),
                                folderOf(1, 70_000, journal(70_000, 65_536, 0)),
                                folderOf(0, 10, journal(70_000, 65_536, 5)),
                                folderOf(7, 0, journal(0, 131_072)))
                        .withWords("DRTP", KEY.value())
                        .mayAllocate(80 << 20));
    }

    private void readJournal(byte[] input) throws IOException {
        Path file = folder.resolve("one.journal");
        Files.write(file, input);
        Journal.read(file);
    }

    /** First byte: which files there are; two bytes: how many bytes of content; the rest: a journal without its checksums. */
    private void startStore(byte[] input) throws IOException {
        if (input.length < 3) {
            return;
        }
        Path directory = folder.resolve("store");
        Files.createDirectories(directory);
        int flags = input[0];
        byte[] data = new byte[((input[1] & 0xff) << 8 | (input[2] & 0xff)) % DATA_BYTES_MAX];
        String name = (flags & 4) == 0 ? KEY.value() : "sha256-" + "0".repeat(64);
        Files.write(directory.resolve(name + ((flags & 2) == 0 ? ".part" : ".data")), data);
        byte[] journal = Arrays.copyOfRange(input, 3, input.length);
        Files.write(directory.resolve(KEY.value() + ".journal"), (flags & 8) == 0 ? sealed(journal) : journal);
        try (DiskPieceStore store = new DiskPieceStore(directory, 1 << 20, InstantSource.system())) {
            store.start();
            for (StoredContent content : store.all()) {
                read(content);
            }
            read(store.open(KEY, new PieceGeometry(data.length, 1 << 16)));
            read(store.open(KEY, geometry(journal)));
        } finally {
            empty(directory);
        }
    }

    /** The one that the journal itself names, so that it is resumed. */
    private static PieceGeometry geometry(byte[] journal) throws IOException {
        if (journal.length < HEADER_BYTES) {
            throw new IOException("no header");
        }
        ByteBuffer header = ByteBuffer.wrap(journal);
        try {
            return new PieceGeometry(header.getLong(8), header.getInt(16));
        } catch (IllegalArgumentException e) {
            throw new IOException(e);
        }
    }

    private static void read(StoredContent content) throws IOException {
        for (int piece = 0; piece < Math.min(16, content.geometry().pieces()); piece++) {
            if (content.has(piece)) {
                content.pieceDigest(piece);
                int length = Math.min(4096, content.geometry().length(piece));
                content.read(ByteBuffer.allocate(length), content.geometry().offset(piece));
            }
        }
    }

    private static void empty(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    private static byte[] journal(long sizeBytes, int pieceBytes, int... pieces) {
        ByteBuffer journal = ByteBuffer.allocate(HEADER_BYTES + pieces.length * RECORD_BYTES);
        journal.putInt(0x44525450).putInt(1).putLong(sizeBytes).putInt(pieceBytes);
        journal.put(KEY.value().getBytes(StandardCharsets.US_ASCII));
        for (int piece : pieces) {
            journal.putInt(piece).put(new byte[32]);
        }
        return journal.array();
    }

    private static byte[] folderOf(int flags, int dataBytes, byte[] journal) {
        return ByteBuffer.allocate(3 + journal.length)
                .put((byte) flags)
                .putShort((short) dataBytes)
                .put(journal)
                .array();
    }

    /** With the right checksums: nothing but luck would get past them otherwise. */
    private static byte[] sealed(byte[] journal) {
        ByteBuffer sealed = ByteBuffer.allocate(journal.length * 2 + 8);
        int from = 0;
        for (int length = HEADER_BYTES; from + length <= journal.length; length = RECORD_BYTES) {
            CRC32 crc = new CRC32();
            crc.update(journal, from, length);
            sealed.put(journal, from, length).putInt((int) crc.getValue());
            from += length;
        }
        sealed.put(journal, from, journal.length - from);
        return Arrays.copyOf(sealed.array(), sealed.position());
    }
}
