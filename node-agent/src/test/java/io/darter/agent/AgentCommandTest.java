package io.darter.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentCommandTest {
    @Test
    void aStartWithItsFileAloneNeedsNoCommandLine() {
        assertEquals(Optional.of(Agent.DEFAULT_FILE), AgentCommand.plainStart());
        assertEquals(Optional.of(Path.of("/x.yaml")), AgentCommand.plainStart("--config", "/x.yaml"));
    }

    @Test
    void allElseDoes() {
        assertEquals(Optional.empty(), AgentCommand.plainStart("--config"));
        assertEquals(Optional.empty(), AgentCommand.plainStart("--config", "--help"));
        assertEquals(Optional.empty(), AgentCommand.plainStart("--config=/x.yaml"));
        assertEquals(Optional.empty(), AgentCommand.plainStart("--config", "/x.yaml", "check-config"));
        assertEquals(Optional.empty(), AgentCommand.plainStart("config"));
        assertEquals(Optional.empty(), AgentCommand.plainStart("--version"));
    }
}
