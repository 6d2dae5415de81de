package io.darter.real;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the programs under test lie: by system property, else as the build packages them beside this module. */
final class ClassPaths {
    private ClassPaths() {}

    static String server() {
        return System.getProperty("darter.server.classpath", beside("appliance-server"));
    }

    static String agent() {
        return System.getProperty("darter.agent.classpath", beside("node-agent"));
    }

    /** Of the demo launcher. */
    static String demo() {
        return System.getProperty("java.class.path");
    }

    static void require() throws IOException {
        assumeTrue(holds(server(), "io/darter/appliance/Application.class"), "NOT RUN: the appliance is not packaged");
        assumeTrue(holds(agent(), "io/darter/agent/Agent.class"), "NOT RUN: the node agent is not packaged");
    }

    private static String beside(String module) {
        var target = Path.of("..", module, "target").toAbsolutePath().normalize();
        return target.resolve("classes") + File.pathSeparator + target.resolve("lib") + "/*";
    }

    private static boolean holds(String classPath, String file) throws IOException {
        for (var entry : classPath.split(File.pathSeparator)) {
            if (Files.exists(Path.of(entry.replace("*", "")).resolve(file)) || entry.endsWith(".jar")) {
                return true;
            }
        }
        return false;
    }
}
