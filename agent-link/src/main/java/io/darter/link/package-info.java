/** The wire form of what agents and schedulers tell each other; see link.proto. */
@NullMarked
package io.darter.link;

import org.jspecify.annotations.NullMarked;
