/// The nodes of each tenant: what they are called and labelled, whether they are there, and how
/// they are.
///
/// Flow: `enroll` makes one by [EnrolNode]; `tunnel` tells of its links to [NodeLinks], and hands
/// its calls to [Heartbeats] and [Nodes#policy]; people see and change it through [Nodes]. What an
/// agent says is a stranger's text: it comes in through [NodeFacts], [ReadCall] and [NodeNames]
/// only.
@NullMarked
package dev.fairlead.hub.fleet;

import org.jspecify.annotations.NullMarked;
