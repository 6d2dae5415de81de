package io.darter.bench;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Many whole agents in one virtual machine, for measurements that need more children than a machine bears processes. Runs
 * with the agent's class path; each argument is one agent's configuration. Ends with its standard input.
 */
public final class ManyAgents {
    private ManyAgents() {}

    public static void main(String[] configurations) throws Exception {
        var agent = Class.forName("io.darter.agent.Agent");
        var main = agent.getMethod("main", String[].class);
        var ended = new CountDownLatch(1);
        for (var configuration : List.copyOf(Arrays.asList(configurations))) {
            // A platform thread each, as a process would have: main returns only when the agent has ended
            Thread.ofPlatform().daemon().name(configuration).start(() -> {
                try {
                    main.invoke(null, (Object) new String[] {"--config", configuration});
                } catch (ReflectiveOperationException e) {
                    System.err.println(configuration + ": " + e);
                } finally {
                    ended.countDown();
                }
            });
        }
        ended.await();
    }
}
