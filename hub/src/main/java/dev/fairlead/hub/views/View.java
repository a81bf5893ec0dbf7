package dev.fairlead.hub.views;

import dev.fairlead.hub.db.ViewId;
import java.util.List;
import java.util.Map;

/// A view of the nodes. What is in it means something to the console only.
///
/// @param search what its address says
/// @param columns which are shown, in order
public record View(ViewId id, String name, Map<String, String> search, List<String> columns) {}
