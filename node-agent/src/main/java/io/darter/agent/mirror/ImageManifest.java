package io.darter.agent.mirror;

import io.darter.agent.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a manifest refers to. */
sealed interface ImageManifest {
    /** An image for one platform: config and layers, by digest with their sizes in bytes, each once. */
    record Image(Map<String, Long> blobs) implements ImageManifest {}

    /** Manifests for several platforms, by digest. */
    record Index(List<String> manifests) implements ImageManifest {}

    /** Empty for anything else, which is served but not understood. */
    static Optional<ImageManifest> parse(byte[] body) {
        Json root;
        try {
            root = Json.parse(new String(body, StandardCharsets.UTF_8));
        } catch (RuntimeException notJson) {
            return Optional.empty();
        }
        if (root.get("manifests").isArray()) {
            List<String> digests = new ArrayList<>();
            for (Json manifest : root.get("manifests").elements()) {
                String digest = manifest.get("digest").text().orElse("");
                if (MirrorPath.DIGEST.matcher(digest).matches()) {
                    digests.add(digest);
                }
            }
            return Optional.of(new Index(List.copyOf(digests)));
        }
        if (!root.get("layers").isArray()) {
            return Optional.empty();
        }
        Map<String, Long> blobs = new LinkedHashMap<>();
        add(root.get("config"), blobs);
        for (Json layer : root.get("layers").elements()) {
            add(layer, blobs);
        }
        return Optional.of(new Image(blobs));
    }

    /** Layers with URLs of their own are not in the registry. */
    private static void add(Json descriptor, Map<String, Long> blobs) {
        String digest = descriptor.get("digest").text().orElse("");
        long size = descriptor.get("size").number().orElse(-1L);
        boolean elsewhere = !descriptor.get("urls").elements().isEmpty();
        if (MirrorPath.DIGEST.matcher(digest).matches() && size >= 0 && !elsewhere) {
            blobs.putIfAbsent(digest, size);
        }
    }
}
