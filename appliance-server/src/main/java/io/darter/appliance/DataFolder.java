package io.darter.appliance;

import io.darter.appliance.settings.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** The folder of everything that the appliance keeps on disk. */
final class DataFolder {
    private DataFolder() {}

    static void prepare(ServerConfig config) {
        Path folder = config.dataDir();
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
            }
            Files.deleteIfExists(folder.resolve("ports.json"));
        } catch (IOException e) {
            throw StartFailure.environment("Preparing the data folder " + folder + ": " + e
                    + ". Set dataDir to a folder that the appliance's user may write to. (DATA_FOLDER_UNUSABLE)");
        }
        if (!Files.isWritable(folder)) {
            throw StartFailure.environment("Preparing the data folder " + folder
                    + ": it cannot be written to. Set dataDir to a folder that the appliance's user may write to."
                    + " (DATA_FOLDER_UNUSABLE)");
        }
    }
}
