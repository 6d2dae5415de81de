package io.darter.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Inputs that were worth keeping, one file each, in a folder for each target. */
public final class Corpus {
    private Corpus() {}

    /** The target's examples and the files of its folder, if there is one. */
    public static List<byte[]> of(Target target, Path folder) {
        List<byte[]> inputs = new ArrayList<>(target.examples());
        Path own = folder.resolve(target.name());
        if (!Files.isDirectory(own)) {
            return inputs;
        }
        try (Stream<Path> files = Files.list(own)) {
            for (Path file : files.sorted().toList()) {
                inputs.add(Files.readAllBytes(file));
            }
            return inputs;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
