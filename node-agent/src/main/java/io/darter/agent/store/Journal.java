package io.darter.agent.store;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The file beside a content that says which pieces were accepted, with which digests. A header, then records of a fixed
 * size, each with its own checksum: a torn or garbled record costs one piece, never the content.
 *
 * <p>Big-endian. Header: magic, format, size in bytes (long), piece size (int), key (71 ASCII characters), CRC-32. Record:
 * piece (int), SHA-256, CRC-32. A record of piece -1 holds the {@link FileIdentity} of the whole instead, one of piece -2 the
 * same for a file to which others have a name of their own; the last counts.
 */
final class Journal {
    private static final int MAGIC = 0x44525450;
    private static final int FORMAT = 1;
    private static final int KEY_BYTES = 71;
    private static final int HEADER_BYTES = 4 + 4 + 8 + 4 + KEY_BYTES + 4;
    private static final int RECORD_BYTES = 4 + VerifiedPieces.DIGEST_BYTES + 4;

    private static final int WHOLE = -1;
    private static final int LINKED = -2;

    private Journal() {}

    /**
     * What a journal says.
     *
     * @param identity of the file when it was whole and verified; null if it never was
     * @param linked others have a name for the file, and may write to it
     */
    record Contents(
            ContentKey key,
            PieceGeometry geometry,
            SortedMap<Integer, byte[]> digests,
            @Nullable FileIdentity identity,
            boolean linked) {}

    /** Begins a journal, in the place of any other. */
    static void create(Path file, ContentKey key, PieceGeometry geometry) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        header.putInt(MAGIC).putInt(FORMAT).putLong(geometry.sizeBytes()).putInt(geometry.pieceBytes());
        header.put(key.value().getBytes(StandardCharsets.US_ASCII));
        putChecksum(header);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            FileBytes.writeFully(channel, header.flip(), 0);
        }
    }

    /** The end of a file that may end in a torn record: where the next record goes. */
    static long end(long fileBytes) {
        return HEADER_BYTES + (fileBytes - HEADER_BYTES) / RECORD_BYTES * RECORD_BYTES;
    }

    /** Bytes of a journal in which every piece has its record, and the whole one. */
    static long sizeBytes(PieceGeometry geometry) {
        return HEADER_BYTES + (geometry.pieces() + 2L) * RECORD_BYTES;
    }

    /** @param linked others have a name for the file */
    static ByteBuffer record(FileIdentity identity, boolean linked) {
        return record(linked ? LINKED : WHOLE, identity.toBytes());
    }

    static ByteBuffer record(int piece, byte[] digest) {
        ByteBuffer record = ByteBuffer.allocate(RECORD_BYTES).putInt(piece).put(digest);
        putChecksum(record);
        return record.flip();
    }

    /**
     * Reads a journal; records that are torn or garbled are left out.
     *
     * @throws IOException if the header is not one
     */
    static Contents read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer header = readExactly(channel, HEADER_BYTES, 0);
            if (!checksumMatches(header) || header.getInt() != MAGIC || header.getInt() != FORMAT) {
                throw new IOException("not a journal of format " + FORMAT);
            }
            PieceGeometry geometry = new PieceGeometry(header.getLong(), header.getInt());
            byte[] key = new byte[KEY_BYTES];
            header.get(key);
            return records(channel, new ContentKey(new String(key, StandardCharsets.US_ASCII)), geometry);
        } catch (IllegalArgumentException e) {
            throw new IOException("not a journal", e);
        }
    }

    private static Contents records(FileChannel channel, ContentKey key, PieceGeometry geometry) throws IOException {
        FileIdentity identity = null;
        boolean linked = false;
        SortedMap<Integer, byte[]> digests = new TreeMap<>();
        long end = end(channel.size());
        for (long position = HEADER_BYTES; position < end; position += RECORD_BYTES) {
            ByteBuffer record = readExactly(channel, RECORD_BYTES, position);
            if (!checksumMatches(record)) {
                continue;
            }
            int piece = record.getInt();
            byte[] digest = new byte[VerifiedPieces.DIGEST_BYTES];
            record.get(digest);
            if (piece >= 0 && piece < geometry.pieces()) {
                digests.put(piece, digest);
            } else if (piece == WHOLE || piece == LINKED) {
                identity = FileIdentity.fromBytes(digest);
                linked = piece == LINKED;
            }
        }
        return new Contents(key, geometry, digests, identity, linked);
    }

    private static ByteBuffer readExactly(FileChannel channel, int length, long position) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        FileBytes.readFully(channel, target, position);
        return target.flip();
    }

    private static void putChecksum(ByteBuffer buffer) {
        buffer.putInt(checksum(buffer.duplicate().flip()));
    }

    private static boolean checksumMatches(ByteBuffer buffer) {
        int body = buffer.limit() - 4;
        return checksum(buffer.slice(0, body)) == buffer.getInt(body);
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
