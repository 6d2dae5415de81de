package io.darter.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * Runs one input through one decoder: it may return or refuse, within a second of processor time and with memory in
 * proportion to the input. (An input that never returns is noticed by whoever runs the check.)
 */
public final class Check {
    private static final long CPU_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Check() {}

    /**
     * @return false if the decoder refused the input
     * @throws Finding if it did anything else than take or refuse it
     */
    public static boolean run(Target target, byte[] input) {
        return run(target, input, 0);
    }

    /** @param slackBytes what instrumentation allocates beside the decoder */
    static boolean run(Target target, byte[] input, long slackBytes) {
        Cost cost = new Cost(target);
        boolean taken = decode(target, input);
        String excess = cost.excess(input.length, slackBytes);
        if (!excess.isEmpty()) {
            // Classes are loaded and patterns compiled only once: what counts is what it costs again.
            Cost again = new Cost(target);
            taken = decode(target, input);
            excess = again.excess(input.length, slackBytes);
        }
        if (!excess.isEmpty()) {
            throw new Finding(target.name() + ": " + excess, null);
        }
        return taken;
    }

    private static boolean decode(Target target, byte[] input) {
        try {
            target.decoder().decode(input.clone());
            return true;
        } catch (Throwable e) {
            if (target.refusals().stream().anyMatch(refusal -> refusal.isInstance(e))) {
                return false;
            }
            throw new Finding(target.name() + ": " + e, e);
        }
    }

    private static final class Cost {
        private final Target target;
        private final long cpuNanos = THREADS.getCurrentThreadCpuTime();
        private final long allocatedBytes;

        Cost(Target target) {
            this.target = target;
            this.allocatedBytes = allocated();
        }

        private long allocated() {
            return target.allThreads()
                    ? THREADS.getTotalThreadAllocatedBytes()
                    : THREADS.getCurrentThreadAllocatedBytes();
        }

        String excess(int inputBytes, long slackBytes) {
            long bytes = allocated() - allocatedBytes;
            long nanos = THREADS.getCurrentThreadCpuTime() - cpuNanos;
            long bytesMax = slackBytes + target.allocatedBytesMax() + Target.BYTES_FOR_A_BYTE * inputBytes;
            if (bytes > bytesMax) {
                return inputBytes + " bytes made it allocate " + bytes + ", more than " + bytesMax;
            }
            return nanos > CPU_NANOS_MAX ? inputBytes + " bytes kept it busy for " + nanos / 1_000_000 + " ms" : "";
        }
    }
}
