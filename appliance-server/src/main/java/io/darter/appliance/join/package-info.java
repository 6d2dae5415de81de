/** How a machine becomes a node: the CA, join tokens, certificates. */
@NullMarked
package io.darter.appliance.join;

import org.jspecify.annotations.NullMarked;
