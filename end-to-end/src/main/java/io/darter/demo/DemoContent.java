package io.darter.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/** What the demo distributes, how a node gets it, and who counts what left the origin. */
sealed interface DemoContent extends AutoCloseable {
    String name();

    Fetch fetch();

    @Override
    default void close() {}

    /** An image from a small registry of our own, which counts. */
    record Generated(GeneratedImage image, CountingOrigin origin) implements DemoContent {
        @Override
        public String name() {
            return origin.reference();
        }

        @Override
        public Fetch fetch() {
            return new ImageFetch(new ImageReference(origin.host(), image.repository(), image.tag()));
        }

        @Override
        public void close() {
            origin.close();
        }
    }

    /** An image in somebody's registry. */
    record Image(ImageReference reference) implements DemoContent {
        @Override
        public String name() {
            return reference.toString();
        }

        @Override
        public Fetch fetch() {
            return new ImageFetch(reference);
        }
    }

    /** A file of somebody's server. */
    record File(String url) implements DemoContent {
        @Override
        public String name() {
            return url;
        }

        @Override
        public Fetch fetch() {
            return new FileFetch(url);
        }
    }

    /** Three layers, 64 MiB and a little together. */
    List<Integer> GENERATED_LAYERS = List.of(40 << 20, 16 << 20, 8 << 20);

    /** @param text what the command line named; empty for generated content */
    static DemoContent open(String text, OptionalLong seed, Path folder, RandomGenerator random, Progress progress)
            throws DemoFailure, IOException {
        if (text.isEmpty()) {
            var chosen = seed.isPresent() ? seed.getAsLong() : random.nextInt(1, 1_000_000_000);
            progress.say("Making an image of 3 layers, 64 MiB together, seed " + chosen);
            var image = GeneratedImage.make(folder.resolve("image"), "demo/image", "v1", chosen, GENERATED_LAYERS);
            return new Generated(image, CountingOrigin.start(image));
        }
        return parse(text);
    }

    /** Whatever is not generated. */
    static DemoContent parse(String text) throws DemoFailure {
        if (text.startsWith("http://") || text.startsWith("https://")) {
            try {
                if (URI.create(text).getHost() != null) {
                    return new File(text);
                }
            } catch (IllegalArgumentException _) {
                // Told below, with the other form of it
            }
            throw DemoArguments.usage("'" + text + "' is not a complete URL");
        }
        return new Image(ImageReference.parse(text));
    }
}
