/// Views of the nodes under names: of each person and tenant, so that they are in every browser.
@NullMarked
package dev.fairlead.hub.views;

import org.jspecify.annotations.NullMarked;
