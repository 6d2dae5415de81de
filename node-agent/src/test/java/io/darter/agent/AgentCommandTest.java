package io.darter.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentCommandTest {
    @TempDir
    Path folder = Path.of("replaced");

    @Test
    void aStartWithItsFileAloneNeedsNoCommandLine() {
        assertEquals(Optional.of(Agent.DEFAULT_FILE), AgentCommand.plainStart());
        assertEquals(Optional.of(Path.of("/x.yaml")), AgentCommand.plainStart("--config", "/x.yaml"));
    }

    @Test
    void theAgentOfAGivenConfigurationIsAskedWhateverTheShellSaysForTheDarterCommand() throws Exception {
        Map<String, String> shell = Map.of("DARTER_SOCKET", "/shell.sock");
        Path named = Files.writeString(folder.resolve("named.yaml"), "socket: /named.sock\n");
        assertEquals(Path.of("/named.sock"), AgentCommand.socket(named, shell));
        Path silent = Files.writeString(folder.resolve("silent.yaml"), "zone: a\n");
        assertEquals(Path.of("/shell.sock"), AgentCommand.socket(silent, shell), "as the agent itself was started");
        assertEquals(Path.of("/run/darter/agent.sock"), AgentCommand.socket(silent, Map.of()));
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
