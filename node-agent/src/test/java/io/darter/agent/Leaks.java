package io.darter.agent;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** What Netty's leak detectors find: buffers, and whatever else is counted, that nobody has and nobody released. */
final class Leaks {
    private static final int COLLECTIONS_MAX = 20;
    private static final long COLLECTION_MILLIS = 250;

    private static final List<Detector<?>> DETECTORS = new CopyOnWriteArrayList<>();
    private static final Queue<String> FOUND = new ConcurrentLinkedQueue<>();

    private Leaks() {}

    /** Every one is looked at from now on; to be called before Netty makes its first detector. */
    static void watch() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ResourceLeakDetectorFactory() {
            @Override
            @SuppressWarnings("deprecation") // the abstract one
            public <T> ResourceLeakDetector<T> newResourceLeakDetector(
                    Class<T> resource, int samplingInterval, long maxActive) {
                Detector<T> detector = new Detector<>(resource, samplingInterval);
                DETECTORS.add(detector);
                return detector;
            }
        });
    }

    /** What was lost until now and not told before. Collects garbage, since that is what tells. */
    static List<String> found() throws InterruptedException {
        collect();
        DETECTORS.forEach(Detector::look);
        List<String> found = new ArrayList<>();
        for (String each = FOUND.poll(); each != null; each = FOUND.poll()) {
            found.add(each);
        }
        return found;
    }

    /** Returns when what was garbage before is in its reference queue. */
    private static void collect() throws InterruptedException {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> canary = new WeakReference<>(new Object(), queue);
        for (int i = 0; i < COLLECTIONS_MAX; i++) {
            System.gc();
            if (canary.equals(queue.remove(COLLECTION_MILLIS))) {
                return;
            }
        }
        throw new IllegalStateException("the garbage collector does not collect");
    }

    private static final class Detector<T> extends ResourceLeakDetector<T> {
        Detector(Class<T> resource, int samplingInterval) {
            super(resource, samplingInterval);
        }

        @Override
        protected boolean needReport() {
            return true;
        }

        @Override
        protected void reportTracedLeak(String resourceType, String records) {
            FOUND.add(resourceType + " lost; last seen at " + records);
        }

        @Override
        protected void reportUntracedLeak(String resourceType) {
            FOUND.add(resourceType + " lost");
        }

        /** A detector tells what it found when it is given the next to watch: this gives it one. */
        @SuppressWarnings("unchecked")
        private void look() {
            T nothing = (T) new Object();
            @Nullable ResourceLeakTracker<T> tracker = track(nothing);
            if (tracker != null) {
                tracker.close(nothing);
            }
        }
    }
}
