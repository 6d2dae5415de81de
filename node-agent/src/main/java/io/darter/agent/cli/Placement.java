package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/**
 * An answer that names the store's file instead of sending its bytes. The body has one byte for each piece that may be read
 * there, in their order, and one more when the whole is proved.
 *
 * @param file the store's, under a name that lasts as long as the answer
 */
record Placement(Path file, long sizeBytes, int pieceBytes, InputStream body) {
    /** Empty if the answer is the bytes themselves. */
    static Optional<Placement> of(AgentSocket.Answer answer) {
        Map<String, String> headers = answer.headers();
        if (!headers.containsKey("darter-file")) {
            return Optional.empty();
        }
        return Optional.of(new Placement(
                Path.of(headers.getOrDefault("darter-file", "")),
                Long.parseLong(headers.getOrDefault("darter-size", "0")),
                Integer.parseInt(headers.getOrDefault("darter-piece-size", "1")),
                answer.body()));
    }

    /** How the file was placed; empty if that did not work, or not to the end: the rest is to be asked for as bytes. */
    String place(PartFile part, boolean link, Progress progress, PrintWriter err) throws DarterException {
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
            if (link) {
                return link(part, from, progress, err);
            }
            return copy(part, from, progress) ? "copied" : "";
        } catch (IOException e) {
            return ""; // not ours to read, or the agent had to cut the answer
        } finally {
            progress.end();
        }
    }

    private boolean copy(PartFile part, FileChannel from, Progress progress) throws IOException, DarterException {
        byte[] marks = new byte[4096];
        long pieces = (sizeBytes + pieceBytes - 1) / pieceBytes;
        for (long named = 0; named <= pieces; ) {
            int count = body.read(marks, 0, (int) Math.min(marks.length, pieces + 1 - named));
            if (count < 0) {
                return false;
            }
            named += count;
            if (!part.copy(from, Math.min(sizeBytes, named * pieceBytes))) {
                return false;
            }
            progress.moved(part.bytes());
        }
        return true;
    }

    private String link(PartFile part, FileChannel from, Progress progress, PrintWriter err)
            throws IOException, DarterException {
        long pieces = (sizeBytes + pieceBytes - 1) / pieceBytes;
        byte[] marks = new byte[4096];
        for (long named = 0; named <= pieces; ) {
            int count = body.read(marks, 0, (int) Math.min(marks.length, pieces + 1 - named));
            if (count < 0) {
                return "";
            }
            named += count;
            progress.moved(Math.min(sizeBytes, named * pieceBytes));
        }
        if (part.link(file)) {
            return "linked";
        }
        err.println("The store's file cannot be linked there (another file system, or not your file): it is copied.");
        return part.copy(from, sizeBytes) ? "copied" : "";
    }
}
