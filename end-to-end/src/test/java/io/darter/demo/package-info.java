/** The launcher's own parts, without any process of the product. */
@NullMarked
package io.darter.demo;

import org.jspecify.annotations.NullMarked;
