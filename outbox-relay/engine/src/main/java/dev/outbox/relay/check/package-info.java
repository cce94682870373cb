/** What looks at servers have found, in words. The JDK only. */
@NullMarked
package dev.outbox.relay.check;

import org.jspecify.annotations.NullMarked;
