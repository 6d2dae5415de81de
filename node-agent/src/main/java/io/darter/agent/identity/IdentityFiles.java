package io.darter.agent.identity;

import io.darter.agent.errors.DarterException;
import io.darter.agent.errors.ErrorCode;
import io.darter.agent.json.Json;
import io.darter.swarm.NodeId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The identity under {@code dataDir/identity}: one file, mode 0600, replaced whole, so that key and name always match. */
public final class IdentityFiles {
    private final Path folder;

    /** @param dataDir of the agent */
    public IdentityFiles(Path dataDir) {
        this.folder = dataDir.resolve("identity");
    }

    /** Empty before the node has joined. */
    public Optional<Identity> load() throws DarterException {
        Path file = folder.resolve("identity.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Json stored = Json.parse(Files.readString(file));
            return Optional.of(new Identity(
                    new NodeId(text(stored, "nodeId")),
                    text(stored, "nodeName"),
                    text(stored, "cluster"),
                    stored.get("seed").isTrue(),
                    stored.get("agentLinks").texts(),
                    stored.get("servers").texts(),
                    Pem.key(text(stored, "key")),
                    Pem.certificate(text(stored, "certificate")),
                    Pem.certificate(text(stored, "ca"))));
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new DarterException(
                    ErrorCode.CERTIFICATE_REFUSED,
                    "Reading this node's identity from " + file,
                    "it cannot be used (" + e.getClass().getSimpleName() + ")",
                    "Restore the file, or remove it and join again with a new token.",
                    e);
        }
    }

    private static String text(Json stored, String field) {
        return stored.get(field).text().orElseThrow(() -> new IllegalArgumentException(field + " is missing"));
    }

    public void save(Identity identity) throws DarterException {
        Stored stored = new Stored(
                identity.node().value(),
                identity.nodeName(),
                identity.cluster(),
                identity.seed(),
                identity.agentLinks(),
                identity.servers(),
                Pem.of(identity.key()),
                Pem.of(identity.certificate()),
                Pem.of(identity.ca()));
        write("identity.json", Json.write(stored));
    }

    private void write(String name, String text) throws DarterException {
        Path target = folder.resolve(name);
        Path part = folder.resolve(name + ".part");
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            Files.deleteIfExists(part);
            try (FileChannel channel = FileChannel.open(
                    part,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new DarterException(
                    ErrorCode.DISK_ERROR,
                    "Writing this node's identity to " + target,
                    String.valueOf(e.getMessage()),
                    "Make the folder writable for the agent; check space and mount options.",
                    e);
        }
    }

    private record Stored(
            String nodeId,
            String nodeName,
            String cluster,
            boolean seed,
            List<String> agentLinks,
            List<String> servers,
            String key,
            String certificate,
            String ca) {}
}
