package io.darter.agent;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingStream;

/**
 * Sees whatever makes the threads of {@link io.darter.agent.http.EventLoops} wait: files, sockets of the JDK, sleep, locks,
 * conditions; however shortly. By the JDK's own recorder, so that no library has to change classes for it. It does not see
 * native code: epoll, which is where these threads are meant to wait, and sendfile, which reads files on them by intention.
 */
public final class EventLoopWatch implements AutoCloseable {
    private static final String THREADS = "net-";
    private static final int FRAMES_SHOWN = 14;
    private static final List<String> EVENTS = List.of(
            "jdk.FileRead",
            "jdk.FileWrite",
            "jdk.FileForce",
            "jdk.SocketRead",
            "jdk.SocketWrite",
            "jdk.ThreadSleep",
            "jdk.ThreadPark",
            "jdk.JavaMonitorWait",
            "jdk.JavaMonitorEnter");

    /** What the JDK does once in a process, wherever it is first needed: the beginning of a frame's name, and what it is. */
    private static final Map<String, String> ONCE = Map.of(
            "jdk.internal.loader.", "a class is read from its jar",
            "java.lang.ClassLoader.", "a class is read from its jar",
            "sun.security.util.UntrustedCertificates.<clinit>", "a list of certificates that nobody may trust");

    /** Whose locks may be waited for: the first frame that is not the JDK's, and who holds them for how long. */
    private static final Map<String, String> LOCKS = Map.of(
            "io.netty.",
                    "other threads take and give back memory, begin to wait for a promise, or look for a certificate among the JDK's",
            "io.darter.agent.peer.PeerAnswer.", "who fetches takes what is here: half a MiB is copied at most",
            "io.darter.agent.origin.BodyQueue.", "who reads takes what is here: 128 KiB are copied at most",
            "io.darter.agent.origin.OriginPool.", "who asks looks for a kept connection among 64",
            "io.darter.agent.http.OutboundBudget.", "who writes an answer looks whether there is room",
            "io.darter.agent.http.ServerExchange.", "who answers says whether it may be interrupted");

    private static final List<String> JDK = List.of("java.", "jdk.", "sun.");

    /** What the JDK locks while a thread links a class, which happens once for each; nobody else locks an array of numbers. */
    private static final String LINKING = "[I";

    private static final List<String> TAKING_LOCKS = List.of(
            "java.util.concurrent.locks.ReentrantLock.lock:", "java.util.concurrent.locks.ReentrantLock$Sync.lock:");

    private final RecordingStream stream = new RecordingStream();
    private final Queue<String> waits = new ConcurrentLinkedQueue<>();

    public EventLoopWatch() {
        for (String event : EVENTS) {
            stream.enable(event).withoutThreshold().withStackTrace().with("throttle", "off");
            stream.onEvent(event, this::saw);
        }
        stream.startAsync();
    }

    /** Ends the watch; what made an event loop wait, and where. */
    public List<String> stop() {
        stream.stop();
        return List.copyOf(waits);
    }

    @Override
    public void close() {
        stream.close();
    }

    private void saw(RecordedEvent event) {
        RecordedThread thread = event.getThread();
        if (thread == null
                || thread.getJavaName() == null
                || !thread.getJavaName().startsWith(THREADS)) {
            return;
        }
        RecordedStackTrace trace = event.getStackTrace();
        List<String> frames = trace == null
                ? List.of()
                : trace.getFrames().stream().map(EventLoopWatch::name).toList();
        String monitor = monitor(event);
        if (!isOnce(frames)
                && !monitor.equals(LINKING)
                && !isShortLock(event.getEventType().getName(), frames)) {
            waits.add(event.getEventType().getName() + " " + monitor + " on " + thread.getJavaName() + " for "
                    + event.getDuration().toNanos() / 1000 + " µs\n    at "
                    + frames.stream().limit(FRAMES_SHOWN).collect(Collectors.joining("\n    at ")));
        }
    }

    /** The class of what is locked, empty if the event tells of none. */
    private static String monitor(RecordedEvent event) {
        return event.hasField("monitorClass") && event.getClass("monitorClass") != null
                ? event.getClass("monitorClass").getName()
                : "";
    }

    private static boolean isOnce(List<String> frames) {
        return frames.stream().anyMatch(frame -> ONCE.keySet().stream().anyMatch(frame::startsWith));
    }

    private static boolean isShortLock(String event, List<String> frames) {
        boolean lock = event.equals("jdk.JavaMonitorEnter")
                || frames.stream().anyMatch(frame -> TAKING_LOCKS.stream().anyMatch(frame::startsWith));
        return lock
                && frames.stream()
                        .filter(frame -> JDK.stream().noneMatch(frame::startsWith))
                        .findFirst()
                        .filter(frame -> LOCKS.keySet().stream().anyMatch(frame::startsWith))
                        .isPresent();
    }

    private static String name(RecordedFrame frame) {
        return frame.getMethod().getType().getName() + "." + frame.getMethod().getName() + ":" + frame.getLineNumber();
    }
}
