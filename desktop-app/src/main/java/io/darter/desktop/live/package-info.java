/** What the windows show, fetched in the background. */
@NullMarked
package io.darter.desktop.live;

import org.jspecify.annotations.NullMarked;
