@NullMarked
package io.darter.agent.control;

import org.jspecify.annotations.NullMarked;
