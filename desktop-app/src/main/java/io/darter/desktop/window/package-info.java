/** The window after connecting: nodes and tasks. */
@NullMarked
package io.darter.desktop.window;

import org.jspecify.annotations.NullMarked;
