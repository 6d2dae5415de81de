/** What happened to a task on a node: asked of the node itself, over its link. */
@NullMarked
package io.darter.appliance.trace;

import org.jspecify.annotations.NullMarked;
