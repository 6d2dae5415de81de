package io.darter.agent.control;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.http.HttpExchange;
import io.darter.agent.origin.OriginClient;
import io.darter.agent.peer.PieceBody;
import io.darter.agent.peer.TransferException;
import io.darter.agent.store.Sha256;
import io.darter.agent.task.ContentSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;

/**
 * Answers of which the origin does not say the length. They cannot be cut into pieces before their end is known, so they
 * are fetched from the origin for each caller, into a file without a name, and handed on from there.
 */
public final class UnknownLength {
    private final OriginClient origin;
    private final Path folder;

    /** @param folder for the file; on the store's disk */
    public UnknownLength(OriginClient origin, Path folder) {
        this.origin = origin;
        this.folder = folder;
    }

    void send(ContentSource source, HttpExchange exchange) throws DarterException, IOException, InterruptedException {
        Files.createDirectories(folder);
        Path name = Files.createTempFile(folder, "answer", ".tmp");
        try (FileChannel file = FileChannel.open(
                name, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            fetch(source, file);
            exchange.start(200, Map.of("Content-Type", "application/octet-stream"), file.size());
            ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
            for (long position = 0; file.read(buffer, position) > 0; buffer.clear()) {
                position += buffer.position();
                exchange.write(buffer.flip());
            }
        }
    }

    private void fetch(ContentSource source, FileChannel file)
            throws DarterException, IOException, InterruptedException {
        MessageDigest sha256 = Sha256.start();
        ByteBuffer buffer = ByteBuffer.allocate(64 << 10);
        try (PieceBody body = origin.fetch(source, 0, Long.MAX_VALUE)) {
            while (body.read(buffer.clear()) >= 0) {
                sha256.update(buffer.flip().duplicate());
                while (buffer.hasRemaining()) {
                    file.write(buffer);
                }
            }
        } catch (TransferException e) {
            throw new DarterException(
                    ErrorCode.ORIGIN_UNREACHABLE,
                    "Fetching " + source.url(),
                    String.valueOf(e.getMessage()),
                    "Check that this machine reaches the origin, then ask again.",
                    e.status(),
                    e);
        }
        String digest = "sha256:" + HexFormat.of().formatHex(sha256.digest());
        if (!source.digest().isEmpty() && !source.digest().equals(digest)) {
            throw new DarterException(
                    ErrorCode.DIGEST_MISMATCH,
                    "Fetching " + source.url(),
                    "the bytes have the digest " + digest + ", not " + source.digest(),
                    "Check the digest; if it is right, do not trust this origin.");
        }
    }
}
