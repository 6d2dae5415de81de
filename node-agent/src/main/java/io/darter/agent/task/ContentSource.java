package io.darter.agent.task;

import io.darter.swarm.ContentKey;
import java.net.URI;

/**
 * A content and its place at the origin.
 *
 * @param sizeBytes 0 or more
 * @param digest {@code sha256:<hex>}, or empty where only validators are known
 * @param url canonical: {@code https://registry/v2/repo/blobs/sha256:...} or the file's URL
 * @param registry {@code host[:port]} for an image's content, else empty
 * @param repository for an image's content, else empty
 * @param etag strong validator of a content without digest, else empty
 * @param lastModified the same
 */
public record ContentSource(
        ContentKey key,
        long sizeBytes,
        String digest,
        boolean rangesSupported,
        URI url,
        String registry,
        String repository,
        String etag,
        String lastModified) {

    /** A blob of a registry: its digest is its identity, and registries serve ranges. */
    public static ContentSource blob(URI url, String registry, String repository, String digest, long sizeBytes) {
        ContentKey key = ContentKey.ofSha256Hex(digest.substring("sha256:".length()));
        return new ContentSource(key, sizeBytes, digest, true, url, registry, repository, "", "");
    }
}
