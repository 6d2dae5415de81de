/** The words and figures of every surface for people: one set of keys for console, desktop application and CLI. */
@NullMarked
package io.darter.operator.words;

import org.jspecify.annotations.NullMarked;
