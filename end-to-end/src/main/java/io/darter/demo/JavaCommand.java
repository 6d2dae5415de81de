package io.darter.demo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How a Java program of ours is started: the same Java as this process, the class path by environment. */
final class JavaCommand {
    private JavaCommand() {}

    /**
     * @param prefix words before it, for example to enter a network namespace
     * @param flags for the virtual machine
     */
    static List<String> of(List<String> prefix, List<String> flags, String mainClass, String... arguments) {
        var command = new ArrayList<>(prefix);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Netty's native transports and off-heap memory; without these words the JVM warns at every start
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.addAll(flags);
        command.add(mainClass);
        command.addAll(List.of(arguments));
        return command;
    }

    /** By environment, because a class path of hundreds of files makes a process list unreadable. */
    static Map<String, String> environment(String classPath) {
        return Map.of("CLASSPATH", classPath);
    }
}
