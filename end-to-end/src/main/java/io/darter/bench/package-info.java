/** Measurements: real programs as they are installed, beside a well-known peer in the same run. */
@NullMarked
package io.darter.bench;

import org.jspecify.annotations.NullMarked;
