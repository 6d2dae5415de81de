/** Decoders under test: what each may do with bytes that nobody meant, and the check that it does nothing else. */
@NullMarked
package io.darter.fuzz;

import org.jspecify.annotations.NullMarked;
