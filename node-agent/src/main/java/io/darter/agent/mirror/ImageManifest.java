package io.darter.agent.mirror;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a manifest refers to. */
sealed interface ImageManifest {
    /** An image for one platform: config and layers, by digest with their sizes in bytes, each once. */
    record Image(Map<String, Long> blobs) implements ImageManifest {}

    /** Manifests for several platforms, by digest. */
    record Index(List<String> manifests) implements ImageManifest {}

    /** Empty for anything else, which is served but not understood. */
    static Optional<ImageManifest> parse(byte[] body) {
        JsonNode root;
        try {
            root = JsonMapper.shared().readTree(new String(body, StandardCharsets.UTF_8));
        } catch (RuntimeException notJson) {
            return Optional.empty();
        }
        if (root.path("manifests").isArray()) {
            List<String> digests = new ArrayList<>();
            for (JsonNode manifest : root.path("manifests")) {
                String digest = manifest.path("digest").asString("");
                if (MirrorPath.DIGEST.matcher(digest).matches()) {
                    digests.add(digest);
                }
            }
            return Optional.of(new Index(List.copyOf(digests)));
        }
        if (!root.path("layers").isArray()) {
            return Optional.empty();
        }
        Map<String, Long> blobs = new LinkedHashMap<>();
        add(root.path("config"), blobs);
        for (JsonNode layer : root.path("layers")) {
            add(layer, blobs);
        }
        return Optional.of(new Image(blobs));
    }

    /** Layers with URLs of their own are not in the registry. */
    private static void add(JsonNode descriptor, Map<String, Long> blobs) {
        String digest = descriptor.path("digest").asString("");
        long size = descriptor.path("size").asLong(-1);
        boolean elsewhere = descriptor.path("urls").size() > 0;
        if (MirrorPath.DIGEST.matcher(digest).matches() && size >= 0 && !elsewhere) {
            blobs.putIfAbsent(digest, size);
        }
    }
}
