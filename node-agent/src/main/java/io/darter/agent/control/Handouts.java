package io.darter.agent.control;

import io.darter.agent.http.MembersGroup;
import io.darter.agent.store.StoredContent;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Files of the store under names that nobody can guess, in a folder that nobody can list: whoever was told the name, over
 * the control socket, may read that one content and no other. A name lasts as long as its request.
 */
final class Handouts {
    static final String PROBE = "probe";
    private static final int NAME_BYTES = 16;

    private final Path folder;
    private final SecureRandom random = new SecureRandom();

    /** @param folder on the file system of the store, for this alone */
    Handouts(Path folder) {
        this.folder = folder;
    }

    /** A content's file under a name of its own, until it is closed. */
    record Handout(Path name, StoredContent.Handing handing) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            handing.close();
        }
    }

    /** @param toShare the caller wants a name of its own, and reads nothing before */
    Handout of(StoredContent content, boolean toShare) throws IOException {
        open();
        byte[] bytes = new byte[NAME_BYTES];
        random.nextBytes(bytes);
        Path name = folder.resolve(HexFormat.of().formatHex(bytes));
        Handout handout = new Handout(name, content.handOut(name, toShare));
        try {
            permit(name);
        } catch (IOException e) {
            handout.close();
            throw e;
        }
        return handout;
    }

    /** An empty file that may be linked by those who may link a content's, and nowhere else. Stays. */
    Path probe() throws IOException {
        open();
        Path probe = folder.resolve(PROBE);
        if (!Files.exists(probe)) {
            try {
                Files.createFile(probe);
            } catch (FileAlreadyExistsException e) {
                return probe; // another request's
            }
            permit(probe);
        }
        return probe;
    }

    private synchronized void open() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
        }
    }

    /** For root and the group darter, as the socket is; where there is no such group, or it is not ours to give, for root. */
    private static void permit(Path name) throws IOException {
        if (MembersGroup.give(name) == MembersGroup.Outcome.GIVEN) {
            Files.setPosixFilePermissions(name, PosixFilePermissions.fromString("rw-r-----"));
        }
    }

    /** Takes away what a killed agent left. */
    void clear() throws IOException {
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
                for (Path name : left) {
                    Files.deleteIfExists(name);
                }
            }
        }
    }
}
