/** The operator's interface, and REST as a thin layer over it. */
@NullMarked
package io.darter.appliance.operator;

import org.jspecify.annotations.NullMarked;
