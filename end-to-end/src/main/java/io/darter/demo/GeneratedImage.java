package io.darter.demo;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGeneratorFactory;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * An image made of seeded pseudo-random data, as an OCI layout in a folder. The same seed gives the same digests. Layers
 * are real gzip-compressed tar files, so that every container runtime unpacks them.
 *
 * @param layout folder with {@code oci-layout}, {@code index.json} and {@code blobs/sha256/}
 * @param blobs configuration first, then the layers; the manifest is not among them
 */
public record GeneratedImage(
        String repository, String tag, Path layout, byte[] manifest, String manifestDigest, List<Blob> blobs) {
    public static final String MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG_TYPE = "application/vnd.oci.image.config.v1+json";
    private static final String LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static final JsonMapper JSON = JsonMapper.shared();

    /** @param digest with its {@code sha256:} */
    public record Blob(String digest, long sizeBytes) {}

    /** Bytes of configuration and layers. */
    public long contentBytes() {
        return blobs.stream().mapToLong(Blob::sizeBytes).sum();
    }

    public Path file(String digest) {
        return layout.resolve("blobs/sha256").resolve(digest.substring("sha256:".length()));
    }

    /** @param layerBytes size of the one file in each layer */
    public static GeneratedImage make(Path layout, String repository, String tag, long seed, List<Integer> layerBytes)
            throws IOException {
        var folder = Files.createDirectories(layout.resolve("blobs/sha256"));
        var layers = new ArrayList<Map<String, ?>>();
        var diffIds = new ArrayList<String>();
        var blobs = new ArrayList<Blob>();
        for (var i = 0; i < layerBytes.size(); i++) {
            var layer = layer(folder, seed, i, layerBytes.get(i));
            diffIds.add(layer.diffId());
            layers.add(descriptor(LAYER_TYPE, layer.blob()));
            blobs.add(layer.blob());
        }
        var config = put(
                folder,
                Map.of(
                        "architecture",
                        "amd64",
                        "os",
                        "linux",
                        "config",
                        Map.of("Cmd", List.of("/data")),
                        "rootfs",
                        Map.of("type", "layers", "diff_ids", diffIds)));
        blobs.addFirst(config);
        var manifestBlob = put(
                folder,
                Map.of(
                        "schemaVersion",
                        2,
                        "mediaType",
                        MANIFEST_TYPE,
                        "config",
                        descriptor(CONFIG_TYPE, config),
                        "layers",
                        layers));
        Files.writeString(layout.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.write(
                layout.resolve("index.json"),
                JSON.writeValueAsBytes(
                        Map.of("schemaVersion", 2, "manifests", List.of(descriptor(MANIFEST_TYPE, manifestBlob)))));
        var manifest = Files.readAllBytes(folder.resolve(manifestBlob.digest().substring("sha256:".length())));
        return new GeneratedImage(repository, tag, layout, manifest, manifestBlob.digest(), List.copyOf(blobs));
    }

    private static Map<String, ?> descriptor(String mediaType, Blob blob) {
        return Map.of("mediaType", mediaType, "digest", blob.digest(), "size", blob.sizeBytes());
    }

    private static Blob put(Path folder, Map<String, ?> value) throws IOException {
        var bytes = JSON.writeValueAsBytes(value);
        var hex = HexFormat.of().formatHex(Sha256.digester().digest(bytes));
        Files.write(folder.resolve(hex), bytes);
        return new Blob("sha256:" + hex, bytes.length);
    }

    private record Layer(Blob blob, String diffId) {}

    private static Layer layer(Path folder, long seed, int index, int sizeBytes) throws IOException {
        var temporary = folder.resolve("layer-" + index);
        var compressed = Sha256.digester();
        var plain = Sha256.digester();
        try (var file = new BufferedOutputStream(Files.newOutputStream(temporary), 1 << 18);
                var out = new DigestOutputStream(new Stored(new DigestOutputStream(file, compressed)), plain)) {
            writeTar(out, "data/layer-" + index + ".bin", seed, index, sizeBytes);
        }
        var hex = HexFormat.of().formatHex(compressed.digest());
        Files.move(temporary, folder.resolve(hex));
        return new Layer(
                new Blob("sha256:" + hex, Files.size(folder.resolve(hex))),
                "sha256:" + HexFormat.of().formatHex(plain.digest()));
    }

    /** Gzip without the effort: pseudo-random data does not get smaller. */
    private static final class Stored extends GZIPOutputStream {
        Stored(OutputStream out) throws IOException {
            super(out, 1 << 16);
            def.setLevel(0);
        }
    }

    private static void writeTar(OutputStream out, String name, long seed, int index, int sizeBytes)
            throws IOException {
        out.write(tarHeader(name, sizeBytes));
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed * 1_000_003L + index);
        var chunk = new byte[1 << 16];
        for (var left = sizeBytes; left > 0; left -= chunk.length) {
            random.nextBytes(chunk);
            out.write(chunk, 0, Math.min(left, chunk.length));
        }
        // To the next block of 512 bytes, then two empty ones
        out.write(new byte[Math.floorMod(-sizeBytes, 512) + 1024]);
    }

    /** The header of a plain file in the ustar format. */
    private static byte[] tarHeader(String name, int sizeBytes) {
        var header = new byte[512];
        ascii(header, 0, name);
        ascii(header, 100, "0000644\0");
        ascii(header, 108, "0000000\0");
        ascii(header, 116, "0000000\0");
        ascii(header, 124, "%011o\0".formatted(sizeBytes));
        ascii(header, 136, "%011o\0".formatted(0));
        // The checksum counts its own field as blanks
        ascii(header, 148, "        ");
        ascii(header, 156, "0");
        ascii(header, 257, "ustar\0" + "00");
        var sum = 0;
        for (var value : header) {
            sum += value & 0xff;
        }
        ascii(header, 148, "%06o\0 ".formatted(sum));
        return header;
    }

    private static void ascii(byte[] header, int at, String text) {
        var bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
