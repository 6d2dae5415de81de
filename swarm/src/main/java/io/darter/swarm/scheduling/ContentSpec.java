package io.darter.swarm.scheduling;

import io.darter.swarm.ContentKey;

/**
 * What a node knows of a content when it asks for it.
 *
 * @param sizeBytes 0 or more; contents of unknown length do not take part in swarms
 * @param rangesSupported whether the origin serves byte ranges; if not, one node streams the whole
 */
public record ContentSpec(ContentKey key, long sizeBytes, boolean rangesSupported) {}
