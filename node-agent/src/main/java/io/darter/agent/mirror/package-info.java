/** The registry mirror that container runtimes talk to. */
@NullMarked
package io.darter.agent.mirror;

import org.jspecify.annotations.NullMarked;
