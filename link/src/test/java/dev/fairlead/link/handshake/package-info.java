/// Tests of the proof of identity: golden bytes, both sides against each other, each against a
/// scripted peer that breaks one rule, and damaged bytes.
@NullMarked
package dev.fairlead.link.handshake;

import org.jspecify.annotations.NullMarked;
