package io.darter.demo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkFolderTest {
    @TempDir
    Path base;

    @Test
    void theFolderOfADeadRunIsRemovedEvenIfItsProcessIdIsInUseAgain() throws IOException {
        var self = ProcessHandle.current().pid();
        var reused = Files.createDirectory(base.resolve("darter-demo-" + self + "-12345"));
        Files.writeString(Files.createDirectory(reused.resolve("node-1")).resolve("file"), "left");
        var gone = Files.createDirectory(base.resolve("darter-demo-999999999-12345"));
        WorkFolder.removeDead(base);
        assertFalse(Files.exists(reused));
        assertFalse(Files.exists(gone));
    }

    @Test
    void theFolderOfALivingRunAndFoldersOfOthersStay() throws IOException {
        var other = Files.createDirectory(base.resolve("darter-demo-notes"));
        try (var mine = WorkFolder.create(base)) {
            WorkFolder.removeDead(base);
            assertTrue(Files.exists(mine.path()));
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(mine.path())));
        }
        assertTrue(Files.exists(other));
        try (var left = Files.list(base)) {
            assertEquals(1, left.count());
        }
    }
}
