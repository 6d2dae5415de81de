package io.darter.agent.http;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/** The group whose members may use the agent of their machine: its socket, and the files that it hands out. */
public final class MembersGroup {
    static final String NAME = "darter";

    private MembersGroup() {}

    /** What became of a file that was to be the group's. */
    public enum Outcome {
        GIVEN,
        /** Nobody but the agent's own user and root is to use it then. */
        NO_SUCH_GROUP,
        /** Without capabilities only a process of that group may give something to it. */
        NOT_ALLOWED
    }

    /**
     * Makes a file of ours the group's; its permissions stay.
     *
     * @throws IOException if the file cannot be looked at, or files have no groups there
     */
    public static Outcome give(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            throw new IOException("files have no permissions here");
        }
        GroupPrincipal group;
        try {
            group = file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByGroupName(NAME);
        } catch (UserPrincipalNotFoundException e) {
            return Outcome.NO_SUCH_GROUP;
        }
        if (view.readAttributes().group().equals(group)) {
            return Outcome.GIVEN;
        }
        try {
            view.setGroup(group);
            return Outcome.GIVEN;
        } catch (FileSystemException e) {
            return Outcome.NOT_ALLOWED;
        }
    }
}
