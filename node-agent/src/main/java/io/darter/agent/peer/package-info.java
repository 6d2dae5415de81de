/** Pieces to and from other nodes: HTTP/1.1 over mTLS, port 4000. */
@NullMarked
package io.darter.agent.peer;

import org.jspecify.annotations.NullMarked;
