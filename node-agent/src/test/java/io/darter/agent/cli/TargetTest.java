package io.darter.agent.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What darter get replaces, and what it does not. */
@Timeout(60)
class TargetTest extends CommandAndAgent {
    @Test
    void aPipeIsLeftAsItIs() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
        assertEquals(2, darter("get", url("/file"), "-o", pipe.toString()), err::toString);
        assertTrue(err.toString().contains("a device, a pipe or a socket"), err::toString);
        assertTrue(err.toString().contains("(USAGE)"), err::toString);
        assertFalse(Files.isRegularFile(pipe, LinkOption.NOFOLLOW_LINKS));
        assertTrue(Files.exists(pipe));
    }

    @Test
    void devicesStandardOutputAndLinksToNothingAreRefused() throws Exception {
        Files.createSymbolicLink(folder.resolve("dangling"), folder.resolve("nothing"));
        Files.createSymbolicLink(folder.resolve("round"), folder.resolve("round"));
        for (Path refused : new Path[] {
            Path.of("/dev/null"), Path.of("-"), folder.resolve("dangling"), folder.resolve("round"), folder
        }) {
            DarterException words = assertThrows(DarterException.class, () -> Target.of(refused, false));
            assertEquals(ErrorCode.USAGE, words.code(), refused::toString);
        }
        assertEquals(2, darter("get", url("/file"), "-o", "-"), err::toString);
        assertTrue(err.toString().contains("Writing standard output"), err::toString);
    }

    @Test
    void aSymbolicLinkStaysAndItsFileIsReplaced() throws Exception {
        Path real = Files.writeString(
                Files.createDirectory(folder.resolve("elsewhere")).resolve("real"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), real);
        assertEquals(2, darter("get", url("/file"), "-o", link.toString(), "--no-clobber"), err::toString);
        assertEquals("old", Files.readString(real));
        assertEquals(0, darter("get", url("/file"), "-o", link.toString(), "--json"), err::toString);
        assertTrue(Files.isSymbolicLink(link));
        assertFalse(Files.isSymbolicLink(real));
        assertArrayEquals(BYTES, Files.readAllBytes(real));
        assertTrue(out.toString().contains("\"file\":\"" + link + "\""), out::toString);
    }
}
