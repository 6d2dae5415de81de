package io.darter.demo;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The private folder of one run. Its name holds the process id and the start time of the process, so that a later run
 * can tell the folder of a dead process, even if its process id is in use again, and remove it.
 */
public final class WorkFolder implements AutoCloseable {
    private static final String PREFIX = "darter-demo-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d+)-(\\d+)");

    private final Path path;

    private WorkFolder(Path path) {
        this.path = path;
    }

    /** @param base usually the folder for temporary files */
    public static WorkFolder create(Path base) throws IOException {
        removeDead(base);
        var self = ProcessHandle.current();
        var path = base.resolve(PREFIX + self.pid() + "-" + startMillis(self));
        removeTree(path);
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return new WorkFolder(path);
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() {
        removeTree(path);
    }

    static void removeDead(Path base) throws IOException {
        try (var folders = Files.newDirectoryStream(base, PREFIX + "*")) {
            for (var folder : folders) {
                var name = NAME.matcher(folder.getFileName().toString());
                if (name.matches() && dead(Long.parseLong(name.group(1)), Long.parseLong(name.group(2)))) {
                    removeTree(folder);
                }
            }
        }
    }

    private static boolean dead(long pid, long startMillis) {
        return ProcessHandle.of(pid)
                .map(process -> process.isAlive() ? startMillis(process) : Long.MIN_VALUE)
                // A process that we may not look at counts as alive
                .map(actual -> actual != 0 && actual != startMillis)
                .orElse(true);
    }

    private static long startMillis(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }

    /** Removes what can be removed. Processes that are just ending may still write, hence more than one round. */
    static void removeTree(Path tree) {
        for (var round = 0; round < 20 && Files.exists(tree); round++) {
            try {
                Files.walkFileTree(tree, new Remover());
            } catch (IOException _) {
                if (!Child.pause(50)) {
                    return;
                }
            }
        }
    }

    private static final class Remover extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException problem) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException problem) throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
        }
    }
}
