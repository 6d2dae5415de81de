package io.darter.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.darter.agent.config.AgentConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogsTest {
    private static final int FILE_BYTES = 10_000;
    private static final int FILES = 3;

    @TempDir
    Path folder = Path.of("replaced");

    private final Logger root = Logger.getLogger("");
    private final List<Handler> before = List.of(root.getHandlers());

    @AfterEach
    void restore() {
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
            if (!before.contains(handler)) {
                handler.close();
            }
        }
        before.forEach(root::addHandler);
        Logs.level("info");
    }

    @Test
    void theLogIsPutAsideAtItsSizeAndOnlySoManyAreKept() throws Exception {
        Path file = folder.resolve("agent 100%.log"); // a percent sign is a letter like any other
        Logs.set(new AgentConfig.Log("info", Optional.of(file), FILE_BYTES, FILES));
        Logger ours = Logger.getLogger("io.darter.agent.LogsTest");
        for (int i = 1; i <= 1000; i++) {
            ours.info("line " + i + " of a thousand that are a hundred kilobytes and more together");
        }
        ours.fine("not at this level");
        assertEquals(List.of("agent 100%.log.0", "agent 100%.log.1", "agent 100%.log.2"), names());
        long bytes = 0;
        for (String name : names()) {
            long size = Files.size(folder.resolve(name));
            assertTrue(size <= FILE_BYTES + 500, name + " has " + size);
            bytes += size;
        }
        assertTrue(bytes > FILE_BYTES, "all together " + bytes);
        String present = Files.readString(folder.resolve("agent 100%.log.0"));
        assertTrue(present.contains("line 1000 "), present);
        assertFalse(present.contains("not at this level"), present);
        assertTrue(Files.readString(folder.resolve("agent 100%.log.1")).contains("line 9"));
    }

    private List<String> names() throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.endsWith(".lck"))
                    .sorted()
                    .toList();
        }
    }
}
