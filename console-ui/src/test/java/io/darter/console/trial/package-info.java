/** The console by itself, over a made-up cluster: for looking at it. */
@NullMarked
package io.darter.console.trial;

import org.jspecify.annotations.NullMarked;
