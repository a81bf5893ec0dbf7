package dev.fairlead.agent.hostca;

import dev.fairlead.agent.dial.LinkTask;
import dev.fairlead.agent.ssh.HostCertificates;
import dev.fairlead.link.BlockingStream.StreamException;
import dev.fairlead.link.Calls;
import dev.fairlead.link.Link;
import dev.fairlead.link.StreamEnd;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Keeps the certificate that the hub signs for this node's SSH host key.
///
/// How long it is good is taken from the certificate and counted from its arrival: people's
/// programs judge it by their clocks, and this machine's may be off by hours.
public final class HostCertificate implements HostCertificates, LinkTask, Calls.Server {

    private static final Logger LOG = LoggerFactory.getLogger(HostCertificate.class);
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final Duration RETRY = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    /// How soon a certificate that is still good is asked for anew over a new link. Each costs the
    /// hub a signature, and a fleet that comes back needs none at once.
    private static final Duration AGAIN_WITHIN = Duration.ofMinutes(5);

    private final String publicKey;
    private final ReentrantLock asking = new ReentrantLock();
    private final Supplier<String> name;
    private volatile @Nullable String line;
    private volatile long goodUntil;
    private volatile @Nullable Link link;

    /// @param publicKey the host key in OpenSSH's form
    /// @param name what the certificate has to be for now: `NODE.TENANT.fairlead`
    public HostCertificate(String publicKey, Supplier<String> name) {
        this.publicKey = publicKey;
        this.name = name;
    }

    @Override
    public Optional<String> current() {
        return Optional.ofNullable(line);
    }

    @Override
    public void run(Link up) throws InterruptedException {
        link = up;
        if (isGood()) {
            LinkTask.lull(AGAIN_WITHIN);
        }
        while (true) {
            Thread.sleep(renew(up));
        }
    }

    /// Answers the hub's call `renew-host-cert` when there is a new certificate: the node has
    /// another name now.
    @Override
    public byte[] answer(Calls.Question question) throws IOException {
        var up = link;
        if (up == null) {
            throw new StreamException(StreamEnd.INTERNAL, "The link has only just begun.");
        }
        try {
            ask(up);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StreamException(StreamEnd.GOING_AWAY, "The agent is stopping.");
        }
        return new byte[0];
    }

    /// Whether there is one for the name that the node has now, with half of its life before it.
    private boolean isGood() {
        var current = line;
        return current != null
                && current.endsWith(" " + name.get())
                && System.nanoTime() - goodUntil < 0;
    }

    /// Asks once; gives the time until the next question.
    private Duration renew(Link up) throws InterruptedException {
        try {
            var wait = ask(up).multipliedBy(2).dividedBy(3);
            return wait.compareTo(LONGEST) < 0 ? wait : LONGEST;
        } catch (IOException e) {
            if (LinkTask.isLinkOver(e)) {
                return RETRY;
            }
            LOG.warn("The hub signed no certificate for the SSH host key: {}", e.getMessage());
            return RETRY;
        }
    }

    /// Asks for a certificate and shows it from then on; gives how long it is good. One at a time,
    /// so that the one that was asked for last is the one that stays.
    private Duration ask(Link up) throws IOException, InterruptedException {
        asking.lockInterruptibly();
        try {
            byte[] answer =
                    Calls.ask(
                            up,
                            new Calls.Question(
                                    UUID.randomUUID().toString(),
                                    "host-cert",
                                    DEADLINE,
                                    false,
                                    JsonMapper.shared()
                                            .writeValueAsBytes(Map.of("publicKey", publicKey))));
            String certificate =
                    JsonMapper.shared().readTree(answer).path("certificate").stringValue("");
            var life = life(certificate);
            goodUntil = System.nanoTime() + life.dividedBy(2).toNanos();
            line = certificate;
            return life;
        } catch (JacksonException e) {
            throw new IOException("its answer is no JSON", e);
        } finally {
            asking.unlock();
        }
    }

    private static Duration life(String certificate) throws IOException {
        try {
            var key =
                    PublicKeyEntry.parsePublicKeyEntry(certificate)
                            .resolvePublicKey(null, null, null);
            if (key instanceof OpenSshCertificate signed) {
                long seconds = signed.getValidBefore() - signed.getValidAfter();
                return Duration.ofSeconds(Math.clamp(seconds, 60, 366L * 86_400));
            }
        } catch (Exception e) {
            throw new IOException("its answer is no OpenSSH certificate", e);
        }
        throw new IOException("its answer is no OpenSSH certificate");
    }
}
