/** Key, certificate, joining and renewal; the TLS contexts made of them. */
@NullMarked
package io.darter.agent.identity;

import org.jspecify.annotations.NullMarked;
