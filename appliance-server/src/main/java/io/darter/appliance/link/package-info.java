/** The gRPC end of the agents' links. */
@NullMarked
package io.darter.appliance.link;

import org.jspecify.annotations.NullMarked;
