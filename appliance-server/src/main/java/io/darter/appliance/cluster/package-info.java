/** Clusters: nodes that share content with each other. */
@NullMarked
package io.darter.appliance.cluster;

import org.jspecify.annotations.NullMarked;
