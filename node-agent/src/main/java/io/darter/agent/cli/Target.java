package io.darter.agent.cli;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** Which file {@code -o FILE} means: one that is replaced by a rename, so never a device, a pipe or a folder. */
final class Target {
    private Target() {}

    /**
     * Absolute. Where FILE is a symbolic link it is the file that the link leads to: that one is replaced, and the link stays.
     *
     * @param noClobber FILE must not be there at all
     * @throws DarterException USAGE if there is something that is no regular file
     */
    static Path of(Path file, boolean noClobber) throws DarterException {
        if (file.toString().equals("-")) {
            throw refused(
                    "standard output",
                    "a file is wanted, which is there whole or not at all",
                    "Name a file with -o, and read that when the command has ended well.");
        }
        Path named = file.toAbsolutePath();
        BasicFileAttributes there;
        try {
            there = Files.readAttributes(named, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return named; // nothing is there; what else may be wrong is said when it is written
        }
        if (there.isSymbolicLink()) {
            try {
                named = named.toRealPath();
                there = Files.readAttributes(named, BasicFileAttributes.class);
            } catch (IOException e) {
                throw refused(
                        named.toString(),
                        "it is a symbolic link that leads to no file",
                        "Name the file itself, or remove the link.");
            }
        }
        if (!there.isRegularFile()) {
            throw refused(
                    named.toString(),
                    there.isDirectory()
                            ? "it is a folder"
                            : "it is a device, a pipe or a socket, and would be replaced",
                    "Name the file to write with -o.");
        }
        if (noClobber) {
            throw PartFile.exists(file.toAbsolutePath());
        }
        return named;
    }

    private static DarterException refused(String what, String happened, String advice) {
        return new DarterException(ErrorCode.USAGE, "Writing " + what, happened, advice);
    }
}
