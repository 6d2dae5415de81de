/** What the appliance knows of each node. */
@NullMarked
package io.darter.appliance.node;

import org.jspecify.annotations.NullMarked;
