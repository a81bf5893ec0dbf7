package dev.fairlead.agent.policy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/// Finds the addresses of a host name. May block.
@FunctionalInterface
public interface NameLookup {

    /// @return at least one address
    /// @throws UnknownHostException where there is none, or none in time
    List<InetAddress> addresses(String name) throws UnknownHostException;
}
