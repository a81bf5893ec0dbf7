package dev.fairlead.agent.policy;

import dev.fairlead.agent.dial.LinkTask;
import dev.fairlead.link.Calls;
import dev.fairlead.link.Link;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// Tells the hub over each new link what this node allows, so that people see it before they try.
/// What holds is decided here, whatever the hub believes.
public final class TellPolicy implements LinkTask {

    private static final Logger LOG = LoggerFactory.getLogger(TellPolicy.class);

    /// How soon a hub hears again what it has heard from this agent before: it may have lost it,
    /// which is rare, and a whole fleet that comes back has more urgent things to say.
    private static final Duration AGAIN_WITHIN = Duration.ofMinutes(2);

    private final Said said;
    private volatile boolean told;

    private record Said(
            String profile, List<String> allow, List<String> logins, String defaultLogin) {}

    /// @param profile its label
    public TellPolicy(String profile, List<Rule> allow, Logins logins) {
        this.said =
                new Said(
                        profile,
                        allow.stream().map(Rule::toString).toList(),
                        logins.listed(),
                        logins.standard());
    }

    @Override
    public void run(Link link) throws InterruptedException {
        if (told) {
            LinkTask.lull(AGAIN_WITHIN);
        }
        try {
            Calls.ask(
                    link,
                    new Calls.Question(
                            UUID.randomUUID().toString(),
                            "policy",
                            Duration.ofSeconds(20),
                            false,
                            JsonMapper.shared().writeValueAsBytes(said)));
            told = true;
        } catch (IOException e) {
            if (!LinkTask.isLinkOver(e)) {
                LOG.warn("The hub did not take this node's policy: {}", e.getMessage());
            }
        }
    }
}
