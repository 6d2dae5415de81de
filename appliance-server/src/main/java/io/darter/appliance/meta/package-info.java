/** Cluster-wide single flight for manifests, tags and verdicts of tokens. */
@NullMarked
package io.darter.appliance.meta;

import org.jspecify.annotations.NullMarked;
