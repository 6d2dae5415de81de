package io.darter.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Folders for decoders that read files, as long as the process lives. */
public final class Scratch {
    private Scratch() {}

    /** A new one, which goes with all that is in it when the process ends. */
    public static Path folder() {
        try {
            Path folder = Files.createTempDirectory("darter-fuzz");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder), "scratch"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path each : deepestFirst) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            System.err.println("not deleted: " + e);
        }
    }
}
