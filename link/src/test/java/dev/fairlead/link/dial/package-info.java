/// Tests of dialling: against hubs, relays and proxies on this machine's loopback, and against the
/// real squid and tinyproxy.
@NullMarked
package dev.fairlead.link.dial;

import org.jspecify.annotations.NullMarked;
