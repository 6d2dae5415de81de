/** Measurements and long tests, one class with a main for each; {@code ./dev bench NAME} starts it. */
@NullMarked
package io.darter.bench;

import org.jspecify.annotations.NullMarked;
