package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/**
 * An answer that names the store's file instead of sending its bytes. The body has one byte for each piece that may be read
 * there, in their order, and one more when the whole is proved: 1, or 2 if it cannot be linked now.
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
    String place(PartFile part, boolean link, Progress progress) throws DarterException {
        try {
            if (link) {
                return link(part, progress) ? "linked" : "";
            }
            return copy(part, progress) ? "copied" : "";
        } catch (IOException e) {
            return ""; // not ours to read, or the agent had to cut the answer
        } finally {
            progress.end();
        }
    }

    private boolean copy(PartFile part, Progress progress) throws IOException, DarterException {
        byte[] marks = new byte[4096];
        long pieces = (sizeBytes + pieceBytes - 1) / pieceBytes;
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
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
        }
        return true;
    }

    /** Nothing is read from the file: others may write into it. */
    private boolean link(PartFile part, Progress progress) throws IOException {
        long pieces = (sizeBytes + pieceBytes - 1) / pieceBytes;
        byte[] marks = new byte[4096];
        int last = 0;
        for (long named = 0; named <= pieces; ) {
            int count = body.read(marks, 0, (int) Math.min(marks.length, pieces + 1 - named));
            if (count < 0) {
                return false;
            }
            named += count;
            last = marks[count - 1];
            progress.moved(Math.min(sizeBytes, named * pieceBytes));
        }
        return last == 1 && part.link(file);
    }
}
