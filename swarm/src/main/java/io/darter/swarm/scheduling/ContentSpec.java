package io.darter.swarm.scheduling;

import io.darter.swarm.ContentKey;

/**
 * What a node knows of a content when it asks for it.
 *
 * @param sizeBytes 0 or more; contents of unknown length do not take part in swarms
 * @param rangesSupported whether the origin serves byte ranges; if not, one node streams the whole
 * @param task whose contents share a few connections to the origin: the image that this is a layer of, or the file
 * @param registry host and port of the origin, all of whose contents share some more; empty = shared with none
 */
public record ContentSpec(ContentKey key, long sizeBytes, boolean rangesSupported, String task, String registry) {
    /** A content that is a task by itself. */
    public ContentSpec(ContentKey key, long sizeBytes, boolean rangesSupported) {
        this(key, sizeBytes, rangesSupported, key.value(), "");
    }
}
