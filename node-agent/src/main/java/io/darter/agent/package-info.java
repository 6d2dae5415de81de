/** The node agent: Agent wires everything together; read it first. */
@NullMarked
package io.darter.agent;

import org.jspecify.annotations.NullMarked;
