package dev.fairlead.lab;

import static dev.fairlead.lab.FaultProxy.Mangling.DROP;
import static dev.fairlead.lab.FaultProxy.Mangling.FLIP;
import static dev.fairlead.lab.FaultProxy.Mangling.REPEAT;
import static dev.fairlead.lab.FaultProxy.Way.DOWN;
import static dev.fairlead.lab.FaultProxy.Way.UP;

import dev.fairlead.lab.FaultProxy.Way;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// What goes wrong between people and their targets, one after the other. Each returns when the
/// cause is gone; what is left is for the programs to heal.
final class Faults {

    private Faults() {}

    /// What becomes of the streams.
    enum Streams {
        /// They go on, with every byte.
        GO_ON,
        /// They end with their node's agent, which had the targets' sockets: people are told, and
        /// no part looks like the whole.
        END_WITH_AGENT,
        /// They end with the person's program: no target takes a part for the whole.
        END_WITH_CLIENT
    }

    /// Does it, to its end.
    @FunctionalInterface
    interface OfSite {
        void strike(Site site, SplittableRandom random) throws Exception;
    }

    /// Does it, to its end.
    @FunctionalInterface
    interface OfHub {
        void strike(HubUnderFaults hub, SplittableRandom random) throws Exception;
    }

    /// One kind of fault.
    sealed interface Fault {
        String name();

        /// Whether a run is over in a second or two: it starts no program and waits for no silence.
        boolean isCheap();

        default Streams streams() {
            return Streams.GO_ON;
        }
    }

    /// It strikes one site.
    ///
    /// @param silent whether nobody is told: the other side is dead only when it has been silent
    ///   for long
    record SiteFault(String name, Streams streams, boolean silent, OfSite what) implements Fault {
        SiteFault(String name, OfSite what) {
            this(name, Streams.GO_ON, false, what);
        }

        SiteFault(String name, Streams streams, OfSite what) {
            this(name, streams, false, what);
        }

        @Override
        public boolean isCheap() {
            return !silent && streams == Streams.GO_ON;
        }

        static SiteFault silent(String name, OfSite what) {
            return new SiteFault(name, Streams.GO_ON, true, what);
        }
    }

    /// It strikes everybody.
    ///
    /// @param isCheap as [Fault#isCheap]; `KilledHubTest` has a sample of killed hubs
    record HubFault(String name, boolean isCheap, OfHub what) implements Fault {}

    /// Those of the networks, and of programs at their ends.
    static final List<SiteFault> OF_SITES =
            List.of(
                    new SiteFault("agent's connection reset", (s, r) -> s.agentsNetwork.reset()),
                    new SiteFault("client's connection reset", (s, r) -> s.clientsNetwork.reset()),
                    new SiteFault(
                            "both connections reset",
                            (s, r) -> {
                                s.agentsNetwork.reset();
                                pass(r, 0, 200);
                                s.clientsNetwork.reset();
                            }),
                    new SiteFault(
                            "agent's connection ends in order", (s, r) -> s.agentsNetwork.finish()),
                    new SiteFault(
                            "client's connection ends in order",
                            (s, r) -> s.clientsNetwork.finish()),
                    SiteFault.silent(
                            "agent's connection half-open", (s, r) -> halfOpen(s.agentsNetwork)),
                    SiteFault.silent(
                            "client's connection half-open", (s, r) -> halfOpen(s.clientsNetwork)),
                    SiteFault.silent(
                            "agent heard no more (one way)",
                            (s, r) -> s.agentsNetwork.blackHole(UP)),
                    SiteFault.silent(
                            "agent hears no more (one way)",
                            (s, r) -> s.agentsNetwork.blackHole(DOWN)),
                    SiteFault.silent(
                            "client hears no more (one way)",
                            (s, r) -> s.clientsNetwork.blackHole(DOWN)),
                    new SiteFault(
                            "agent's network stalls",
                            (s, r) -> stall(s.agentsNetwork, r, UP, DOWN)),
                    new SiteFault(
                            "client's network stalls one way",
                            (s, r) -> stall(s.clientsNetwork, r, DOWN)),
                    new SiteFault(
                            "delay of 150 to 400 ms",
                            (s, r) ->
                                    shaped(
                                            s.agentsNetwork,
                                            r,
                                            n -> n.delay(Duration.ofMillis(150 + r.nextInt(250))))),
                    new SiteFault(
                            "jitter of up to 300 ms",
                            (s, r) ->
                                    shaped(
                                            s.clientsNetwork,
                                            r,
                                            n -> n.jitter(Duration.ofMillis(300)))),
                    new SiteFault(
                            "bandwidth of 100 kB/s",
                            (s, r) -> shaped(s.agentsNetwork, r, n -> n.bandwidth(100_000))),
                    new SiteFault("agent's network away", (s, r) -> away(s.agentsNetwork, r)),
                    new SiteFault("client's network away", (s, r) -> away(s.clientsNetwork, r)),
                    new SiteFault("agent's network flaps", (s, r) -> flap(r, s.agentsNetwork)),
                    new SiteFault(
                            "both networks flap",
                            (s, r) -> flap(r, s.agentsNetwork, s.clientsNetwork)),
                    new SiteFault(
                            "a bit flipped on its way from the agent",
                            (s, r) -> s.agentsNetwork.mangle(UP, FLIP)),
                    new SiteFault(
                            "a bit flipped on its way to the client",
                            (s, r) -> s.clientsNetwork.mangle(DOWN, FLIP)),
                    new SiteFault(
                            "bytes lost on their way to the agent",
                            (s, r) -> s.agentsNetwork.mangle(DOWN, DROP)),
                    new SiteFault(
                            "bytes repeated on their way from the client",
                            (s, r) -> s.clientsNetwork.mangle(UP, REPEAT)),
                    new SiteFault(
                            "agent frozen",
                            (s, r) -> {
                                s.agent.signal("STOP");
                                pass(r, 300, 1_500);
                                s.agent.signal("CONT");
                            }),
                    new SiteFault(
                            "client frozen",
                            (s, r) -> {
                                s.forward().signal("STOP");
                                pass(r, 300, 1_500);
                                s.forward().signal("CONT");
                            }),
                    new SiteFault(
                            "agent killed",
                            Streams.END_WITH_AGENT,
                            (s, r) -> {
                                s.agent.signal("KILL");
                                s.agent.process().waitFor();
                                pass(r, 0, 500);
                                s.agent.start();
                            }),
                    new SiteFault(
                            "client killed",
                            Streams.END_WITH_CLIENT,
                            (s, r) -> {
                                s.forward().signal("KILL");
                                s.forward().process().waitFor();
                            }));

    /// Those of the hub and its database.
    static final List<HubFault> OF_HUB =
            List.of(
                    new HubFault(
                            "hub frozen",
                            true,
                            (h, r) -> {
                                h.program().signal("STOP");
                                pass(r, 300, 1_500);
                                h.program().signal("CONT");
                            }),
                    new HubFault(
                            "hub killed",
                            false,
                            (h, r) -> {
                                h.kill();
                                pass(r, 0, 500);
                                h.start();
                            }),
                    new HubFault(
                            "hub killed while links come back",
                            false,
                            (h, r) -> {
                                for (var site : h.sites()) {
                                    site.agentsNetwork.reset();
                                    site.clientsNetwork.reset();
                                }
                                pass(r, 0, 700);
                                h.kill();
                                h.start();
                            }),
                    new HubFault(
                            "hub stopped in order",
                            false,
                            (h, r) -> {
                                h.stop();
                                h.start();
                            }),
                    new HubFault(
                            "hub drained",
                            false,
                            (h, r) -> {
                                h.drain();
                                h.start();
                            }),
                    new HubFault(
                            "database frozen",
                            true,
                            (h, r) -> {
                                var frozen = h.postgres();
                                for (long pid : frozen) {
                                    Programs.signal("STOP", pid);
                                }
                                pass(r, 300, 1_500);
                                for (long pid : frozen) {
                                    Programs.signal("CONT", pid);
                                }
                            }),
                    new HubFault(
                            "database killed",
                            true,
                            (h, r) -> Programs.signal("KILL", h.postgres().getFirst())),
                    new HubFault(
                            "database killed and all connections reset",
                            false,
                            (h, r) -> {
                                Programs.signal("KILL", h.postgres().getFirst());
                                for (var site : h.sites()) {
                                    site.agentsNetwork.reset();
                                    site.clientsNetwork.reset();
                                }
                            }));

    private static void halfOpen(FaultProxy network) {
        network.blackHole();
        network.lift();
    }

    private static void stall(FaultProxy network, SplittableRandom random, Way... ways)
            throws InterruptedException {
        for (var way : ways) {
            network.stall(way);
        }
        pass(random, 300, 1_500);
        for (var way : ways) {
            network.resume(way);
        }
    }

    private static void shaped(
            FaultProxy network, SplittableRandom random, Consumer<FaultProxy> shape)
            throws InterruptedException {
        shape.accept(network);
        pass(random, 300, 1_200);
        network.unshaped();
    }

    private static void away(FaultProxy network, SplittableRandom random)
            throws InterruptedException {
        network.goAway();
        pass(random, 300, 1_500);
        network.lift();
    }

    private static void flap(SplittableRandom random, FaultProxy... networks)
            throws InterruptedException {
        for (int i = 0; i < 6; i++) {
            networks[random.nextInt(networks.length)].reset();
            pass(random, 50, 350);
        }
    }

    /// Lets time pass: the fault's own.
    static void pass(SplittableRandom random, int fromMillis, int toMillis)
            throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(fromMillis, toMillis));
    }
}
