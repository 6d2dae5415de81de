/** Reaching an appliance: address, its certificate authority, sign-in. */
@NullMarked
package io.darter.desktop.connect;

import org.jspecify.annotations.NullMarked;
