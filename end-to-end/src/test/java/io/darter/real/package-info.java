/** The whole product with real parts around it: registries, container runtimes and network namespaces. */
@NullMarked
package io.darter.real;

import org.jspecify.annotations.NullMarked;
