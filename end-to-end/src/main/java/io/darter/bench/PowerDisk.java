package io.darter.bench;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A file system of its own in a file, so that power can be lost: what the file holds at a moment is what had reached the
 * disk, and what the kernel still had in memory is gone. Needs root; its mounts are in the measurement's own namespace.
 */
final class PowerDisk implements AutoCloseable {
    private static final long SIZE_BYTES = 96 << 20;
    private static final int COPIES_MAX = 20;

    private final Path image;
    private final Path mounted;

    private PowerDisk(Path image, Path mounted) {
        this.image = image;
        this.mounted = mounted;
    }

    static boolean available() {
        return Files.isWritable(Path.of("/dev/loop-control"))
                && (Files.exists(Path.of("/usr/sbin/mkfs.ext4")) || Files.exists(Path.of("/sbin/mkfs.ext4")));
    }

    static PowerDisk create(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path image = folder.resolve("disk.img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(SIZE_BYTES);
        }
        run("mkfs.ext4", "-q", "-F", image.toString());
        PowerDisk disk = new PowerDisk(image, Files.createDirectory(folder.resolve("mounted")));
        disk.mount();
        return disk;
    }

    Path mounted() {
        return mounted;
    }

    /** Nobody may write any more; afterwards the folder holds what a machine finds that starts again. */
    void losePower() throws IOException, InterruptedException {
        Path survived = image.resolveSibling("survived.img");
        for (int copy = 0; ; copy++) {
            Files.copy(image, survived, StandardCopyOption.REPLACE_EXISTING);
            // The kernel writes back by itself at times: a copy during which it did is none.
            if (Files.mismatch(image, survived) < 0) {
                break;
            }
            if (copy == COPIES_MAX) {
                throw new IOException("the disk does not come to rest");
            }
        }
        run("umount", mounted.toString());
        Files.move(survived, image, StandardCopyOption.REPLACE_EXISTING);
        mount();
    }

    private void mount() throws IOException, InterruptedException {
        run("mount", "-o", "loop,noatime", image.toString(), mounted.toString());
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        String words = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException(String.join(" ", command) + ": " + words);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            run("umount", mounted.toString());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
