package io.darter.agent.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.swarm.ContentKey;
import io.darter.swarm.PieceGeometry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file that is to be linked while others have to do with it. */
@Timeout(60)
class SharedFileTest {
    private static final byte[] BYTES = new byte[1000];
    private static final ContentKey KEY = ContentKey.ofSha256Hex(HexFormat.of().formatHex(Sha256.of(BYTES)));
    private static final PieceGeometry GEOMETRY = new PieceGeometry(BYTES.length, BYTES.length);

    @TempDir
    Path folder = Path.of("");

    private DiskPieceStore store = new DiskPieceStore(folder, 1 << 20, InstantSource.system());

    @BeforeEach
    void start() throws IOException {
        store = new DiskPieceStore(folder.resolve("store"), 1 << 20, InstantSource.system());
        store.start();
        StoredContent content = store.open(KEY, GEOMETRY);
        try (StoredContent.PieceWriter writer = content.write(0)) {
            writer.write(ByteBuffer.wrap(BYTES));
            writer.accept();
        }
        content.commit();
    }

    @AfterEach
    void stop() throws IOException {
        store.close();
    }

    @Test
    void whileSomebodyReadsTheFileItIsNotShared() throws Exception {
        StoredContent content = store.find(KEY).orElseThrow();
        try (StoredContent.Use use = content.use();
                StoredContent.Handing handing = content.handOut(folder.resolve("name"), true)) {
            assertTrue(use != null);
            assertFalse(handing.share());
        }
        assertFalse(content.shared());
        try (StoredContent.Handing handing = content.handOut(folder.resolve("name"), true)) {
            assertTrue(handing.share());
        }
        assertTrue(content.shared());
        assertThrows(IOException.class, () -> content.handOut(folder.resolve("other"), false));
    }

    @Test
    void whatIsDoubtedWhileSomebodyWaitsToShareItIsReadAgain() throws Exception {
        StoredContent content = store.find(KEY).orElseThrow();
        try (StoredContent.Use use = content.use();
                StoredContent.Handing handing = content.handOut(folder.resolve("name"), true)) {
            assertTrue(use != null);
            CompletableFuture<Boolean> shared = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    shared.complete(handing.share());
                } catch (IOException | InterruptedException e) {
                    shared.completeExceptionally(e);
                }
            });
            while (!content.shared()) {
                Thread.onSpinWait();
            }
            content.doubt();
            assertTrue(store.find(KEY).isEmpty());
            assertEquals(1, store.open(KEY, GEOMETRY).verified().count(), "its bytes are right");
            assertFalse(shared.get(20, TimeUnit.SECONDS));
        }
    }
}
