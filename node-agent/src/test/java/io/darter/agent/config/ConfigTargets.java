package io.darter.agent.config;

import io.darter.agent.errors.DarterException;
import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** agent.yaml: a person writes it, so everything in it may be wrong. */
public final class ConfigTargets implements Targets {
    @Override
    public List<Target> all() {
        return List.of(Target.of("agent-yaml", ConfigTargets::load)
                .refusing(DarterException.class)
                .withExamples(
                        "peer:\n  port: 4000\nmirror.bind: 127.0.0.1\nquota: 10GiB\n",
                        "registries:\n  - host: registry.example.com\n    plainHttp: true\n",
                        "zone: &x {a: *x}\n",
                        "peer: &x\n  port: 1\nmirror: *x\n",
                        "deep: &x {a: *x}\n")
                .withWords(Keys.DEFAULTS.keySet().toArray(String[]::new))
                // A YAML parser's own cost for one of its lines.
                .mayAllocate(4 << 20));
    }

    private static void load(byte[] input) throws DarterException, IOException {
        Path file = Files.createTempFile("darter-fuzz", ".yaml");
        try {
            Files.write(file, input);
            AgentConfigLoader.load(Optional.of(file), Map.of());
        } finally {
            Files.delete(file);
        }
    }
}
