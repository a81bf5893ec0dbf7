package dev.fairlead.agent.ssh;

import java.net.SocketAddress;

/// Stands where MINA wants the address of the other side: who it is.
final class LinkAddress extends SocketAddress {

    private static final long serialVersionUID = 1;

    private final String who;

    LinkAddress(String who) {
        this.who = who;
    }

    @Override
    public String toString() {
        return who;
    }
}
