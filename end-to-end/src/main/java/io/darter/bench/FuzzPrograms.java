package io.darter.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The processes that fuzzing consists of: Jazzer for one target, and {@code io.darter.fuzz.Replay}. */
record FuzzPrograms(Path root, Path work) {
    /** To start, to run what is known already, and to stop; on a machine that has other work. */
    private static final double MORE_MINUTES = 10;

    private static final int STUCK = -1;
    private static final List<String> MODULES = List.of("node-agent", "appliance-server");
    /**
     * Our own checks say what is wrong. Jazzer's look for injection into languages that nobody here speaks, take every
     * file that the store opens for a finding, and fail under Netty's use of method handles.
     */
    private static final String SANITIZERS = Stream.of(
                    "ClojureLangHooks",
                    "Deserialization",
                    "ExpressionLanguageInjection",
                    "FilePathTraversal",
                    "LdapInjection",
                    "NamingContextLookup",
                    "OsCommandInjection",
                    "ReflectiveCall",
                    "RegexInjection",
                    "RegexRoadblocks",
                    "ScriptEngineInjection",
                    "ServerSideRequestForgery",
                    "SqlInjection",
                    "UnsafeSanitizer",
                    "XPathInjection")
            .map(name -> "com.code_intelligence.jazzer.sanitizers." + name)
            .collect(Collectors.joining(":"));

    /** Branches of what reads the bytes before we do show the way to ours. */
    private static final String PARSERS =
            "tools.jackson.core.json.**:org.yaml.snakeyaml.**:io.netty.handler.codec.http.*";

    /** Each with its module. */
    Map<String, String> targets() throws IOException, InterruptedException {
        Map<String, String> targets = new LinkedHashMap<>();
        for (String module : MODULES) {
            Process list = new ProcessBuilder(java(module, List.of("io.darter.fuzz.Replay", "list")))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            list.inputReader().lines().forEach(name -> targets.put(name, module));
            list.waitFor();
        }
        return targets;
    }

    /** Where a target's inputs live in the repository. */
    Path kept(String module, String target) {
        return root.resolve(module).resolve("src/test/resources/fuzz").resolve(target);
    }

    int again(String module, String target, String input) throws IOException, InterruptedException {
        return new ProcessBuilder(java(module, List.of("io.darter.fuzz.Replay", "run", target, input)))
                .inheritIO()
                .start()
                .waitFor();
    }

    void replay(String module, String... words) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of("io.darter.fuzz.Replay"));
        all.addAll(List.of(words));
        new ProcessBuilder(java(module, all)).inheritIO().start().waitFor();
    }

    /** Returns its exit code; ends it after the time it has and some minutes, in which it has to start and to stop. */
    int run(List<String> command, Path log, double minutes) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(Math.round((minutes + MORE_MINUTES) * 60), TimeUnit.SECONDS)) {
                return STUCK;
            }
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    /** The programs' own words about each bad input would fill the disk. */
    private List<String> quiet() throws IOException {
        Path jdk = work.resolve("logging.properties");
        Path logback = work.resolve("logback.xml");
        Files.writeString(jdk, ".level=OFF\n");
        Files.writeString(logback, "<configuration><root level=\"OFF\"/></configuration>\n");
        return List.of("-Djava.util.logging.config.file=" + jdk, "-Dlogback.configurationFile=" + logback);
    }

    /** To be followed by libFuzzer's options and folders. */
    List<String> jazzer(String module, String target) throws IOException {
        Path temporary = Files.createDirectories(work.resolve("tmp").resolve(target));
        List<String> command = java(module, List.of("com.code_intelligence.jazzer.Jazzer"));
        command.add(1, "-Ddarter.fuzz.target=" + target);
        command.add(1, "-Djava.io.tmpdir=" + temporary);
        command.addAll(1, quiet());
        command.add("--target_class=io.darter.fuzz.JazzerEntry");
        command.add("--instrumentation_includes=io.darter.**:" + PARSERS);
        command.add("--instrumentation_excludes=io.darter.fuzz.**:io.darter.link.v1.**");
        command.add("--custom_hook_excludes=io.netty.**");
        command.add("--disabled_hooks=" + SANITIZERS);
        command.add("--reproducer_path=" + work);
        command.add("-artifact_prefix=" + work + "/" + target + "-");
        command.add("-max_len=8192");
        command.add("-timeout=30");
        // By the clock: on a busy machine that says nothing of a decoder. Check counts its processor time.
        command.add("-report_slow_units=1000000");
        command.add("-rss_limit_mb=3000");
        command.add("-print_final_stats=1");
        return command;
    }

    private List<String> java(String module, List<String> words) {
        Path target = root.resolve(module).resolve("target");
        String classPath = String.join(
                ":",
                target.resolve("classes").toString(),
                target.resolve("test-classes").toString(),
                target.resolve("lib") + "/*",
                root.resolve("fuzzing/target/classes").toString(),
                root.resolve("fuzzing/target/lib") + "/*");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx700m",
                "-XX:+UseSerialGC",
                "-XX:+EnableDynamicAgentLoading",
                "-Dio.netty.jfr.enabled=false",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath));
        command.addAll(words);
        return command;
    }
}
