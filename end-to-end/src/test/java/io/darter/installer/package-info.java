/** What is installed, as it is written down in the installer's folder. */
@NullMarked
package io.darter.installer;

import org.jspecify.annotations.NullMarked;
