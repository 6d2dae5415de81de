/** One small HTTP/1.1 server on Netty for mirror, peers, health and the control socket: a virtual thread a request. */
@NullMarked
package io.darter.agent.http;

import org.jspecify.annotations.NullMarked;
