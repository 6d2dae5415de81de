package io.darter.appliance.settings;

import io.darter.appliance.StartFailure;
import io.darter.fuzz.Target;
import io.darter.fuzz.Targets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** server.yaml: a person writes it, so everything in it may be wrong. */
public final class SettingsTargets implements Targets {
    @Override
    public List<Target> all() {
        return List.of(Target.of("server-yaml", SettingsTargets::load)
                .refusing(StartFailure.class)
                .withExamples(
                        "httpsPort: 8443\nadvertise: [a, b]\nbind: 127.0.0.1\npieceSize: 4MiB\n",
                        "database:\n  url: jdbc:mysql://h/d\n  username: u\n  passwordFile: /p\nbind: ::1\n",
                        "redis.url: redis://h:6379\noriginFetchers: any\noriginConnectionsPerTask: 16\nbind: h\n",
                        "database: &x {url: *x}\n",
                        "dataDir: \"\\0\"\n")
                .withWords(
                        "dataDir: ",
                        "bind: ",
                        "advertise: ",
                        "httpsPort: ",
                        "originFetchers: ",
                        "pieceSize: ",
                        "database:\n",
                        "passwordFile: ",
                        "redis.url: ",
                        "&x ",
                        "*x",
                        "<<: ",
                        "!!")
                // A YAML parser's own cost for one of its lines.
                .mayAllocate(4 << 20));
    }

    private static void load(byte[] input) throws IOException {
        Path file = Files.createTempFile("darter-fuzz", ".yaml");
        try {
            Files.write(file, input);
            ServerConfigLoader.load(file, Map.of());
        } finally {
            Files.delete(file);
        }
    }
}
