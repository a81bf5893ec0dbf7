package dev.fairlead.agent.health;

import dev.fairlead.agent.dial.LinkTask;
import dev.fairlead.link.Calls;
import dev.fairlead.link.Link;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// Tells the hub how this machine is: at once over the first link, over later ones after half an
/// interval to one and a half, so that a fleet has its links first, then at each interval, a tenth
/// earlier or later, so that it does not report in step.
public final class Heartbeat implements LinkTask {

    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final Measure measure;
    private final Duration interval;
    private volatile boolean told;

    public Heartbeat(Measure measure, Duration interval) {
        this.measure = measure;
        this.interval = interval;
    }

    /// The first answer to a ping comes about when the first heartbeat would go: worth a moment.
    private static void awaitFirstPong(Link link) throws InterruptedException {
        for (int i = 0; i < 20 && link.roundTrip().isNegative(); i++) {
            Thread.sleep(25);
        }
    }

    @Override
    public void run(Link link) throws InterruptedException {
        if (told) {
            Thread.sleep(interval.dividedBy(2));
            LinkTask.lull(interval);
        }
        awaitFirstPong(link);
        while (true) {
            try {
                Calls.ask(
                        link,
                        new Calls.Question(
                                UUID.randomUUID().toString(),
                                "heartbeat",
                                DEADLINE,
                                false,
                                JsonMapper.shared().writeValueAsBytes(measure.now().over(link))));
                told = true;
            } catch (IOException e) {
                LOG.debug("The hub took no heartbeat: {}", e.getMessage());
            }
            long tenth = Math.max(1, interval.toMillis() / 10);
            Thread.sleep(interval.toMillis() + ThreadLocalRandom.current().nextLong(-tenth, tenth));
        }
    }
}
