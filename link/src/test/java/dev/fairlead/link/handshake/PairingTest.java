package dev.fairlead.link.handshake;

import static dev.fairlead.link.handshake.HandshakeTest.advance;
import static dev.fairlead.link.handshake.HandshakeTest.failure;
import static dev.fairlead.link.handshake.HandshakeTest.refused;
import static dev.fairlead.link.handshake.HandshakeTest.result;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fairlead.link.handshake.HandshakeException.End;
import io.github.nettyplus.leakdetector.junit.NettyLeakDetectorExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NettyLeakDetectorExtension.class)
class PairingTest {

    private static final Approved APPROVED = new Approved("hub.example", "default", "alice");

    private final Answers answers = new Answers();
    private final Person person = new Person();

    @Test
    void aMachineJoinsWhenAnOperatorApprovesAndThePersonAtTheNodeConfirms() {
        try (var both = waiting()) {
            assertThat(person.codes).containsExactly("7Q4M-2XKP");
            assertThat(person.fingerprints).isEqualTo(answers.fingerprints).hasSize(1);
            assertThat(person.fingerprints.getFirst()).matches("([0-9a-f]{4} ){7}[0-9a-f]{4}");

            answers.approval.complete(APPROVED);
            both.run();
            assertThat(person.asked).containsExactly(APPROVED);
            assertThat(both.hub.outcome().toCompletableFuture()).isNotDone();

            answers.verdict.complete(Sample.WELCOME);
            person.yes.complete(true);
            both.run();
            assertThat(result(both.dialer.outcome()).welcome()).isEqualTo(Sample.WELCOME);
            assertThat(result(both.hub.outcome()).other().role()).isEqualTo(Role.PAIR);
            assertThat(answers.abandoned).isZero();
        }
    }

    @Test
    void aMachineDoesNotJoinWhenThePersonSaysNo() {
        try (var both = waiting()) {
            answers.approval.complete(APPROVED);
            person.yes.complete(false);
            both.run();
            assertThat(failure(both.dialer.outcome()).end()).isEqualTo(End.DECLINED);
            assertThat(failure(both.hub.outcome()).end()).isEqualTo(End.DECLINED);
            assertThat(answers.abandoned).isOne();
        }
    }

    @Test
    void anOperatorsNoReachesTheNode() {
        try (var both = waiting()) {
            answers.approval.complete(new Refused(Refusal.PAIRING_DENIED, "alice said no"));
            both.run();
            var refused = refused(both.dialer.outcome());
            assertThat(refused.code()).isEqualTo(Refusal.PAIRING_DENIED);
        }
    }

    @Test
    void aWaitingPairingIsKeptOpenForItsTimeAndThenExpires() {
        try (var both = waiting()) {
            for (int seconds = 0; seconds < 590; seconds += 10) {
                advance(both, Duration.ofSeconds(10));
                both.run();
            }
            assertThat(both.hubChannel.isOpen()).isTrue();
            advance(both, Duration.ofSeconds(10));
            both.run();
            var refused = refused(both.dialer.outcome());
            assertThat(refused.code()).isEqualTo(Refusal.PAIRING_EXPIRED);
            assertThat(answers.abandoned).isOne();
        }
    }

    @Test
    void aHubThatVanishesWhileANodeWaitsIsLeft() {
        try (var both = waiting()) {
            both.dialerChannel.advanceTimeBy(613, java.util.concurrent.TimeUnit.SECONDS);
            both.dialerChannel.runScheduledPendingTasks();
            assertThat(failure(both.dialer.outcome()).end()).isEqualTo(End.TIMED_OUT);
        }
    }

    @Test
    void aNodeThatGoesAwayTakesItsCodeWithIt() {
        try (var both = waiting()) {
            both.hubChannel.close();
            assertThat(answers.abandoned).isOne();
        }
    }

    @Test
    void aCodeForANodeThatIsAlreadyGoneIsAbandoned() {
        try (var both = Both.of(pair(), person, answers).run()) {
            both.hubChannel.close();
            answers.pairing.complete(answers.code(Duration.ofMinutes(10)));
            both.hubChannel.runPendingTasks();
            assertThat(answers.abandoned).isOne();
        }
    }

    @Test
    void tooManyWaitingIsARefusal() {
        try (var both = Both.of(pair(), person, answers)) {
            answers.pairing.complete(new Refused(Refusal.BUSY, "100 machines wait already"));
            both.run();
            assertThat(failure(both.dialer.outcome()).end()).isEqualTo(End.REFUSED);
        }
    }

    /// Whoever is in between has other keys or another transcript, so people see two texts.
    @Test
    void theFingerprintDependsOnEveryKeyAndOnTheTranscript() {
        var root = Sample.ROOT.verifying();
        var hub = Sample.HUB.verifying();
        var node = Sample.NODE.verifying();
        var other = Sample.OTHER.verifying();
        var longer = new Transcript();
        longer.add(Wire.encode(MessageType.WAIT, dev.fairlead.link.Headers.EMPTY));
        assertThat(
                        List.of(
                                HandshakeMessage.pairingFingerprint(
                                        root, hub, node, new Transcript()),
                                HandshakeMessage.pairingFingerprint(
                                        other, hub, node, new Transcript()),
                                HandshakeMessage.pairingFingerprint(
                                        root, other, node, new Transcript()),
                                HandshakeMessage.pairingFingerprint(
                                        root, hub, other, new Transcript()),
                                HandshakeMessage.pairingFingerprint(root, hub, node, longer)))
                .doesNotHaveDuplicates();
    }

    private Both waiting() {
        answers.pairing.complete(answers.code(Duration.ofMinutes(10)));
        return Both.of(pair(), person, answers).run();
    }

    private static Introduction pair() {
        return Introduction.pair(Sample.NODE, Sample.CAPABILITIES, Sample.INFO);
    }

    private static final class Person implements PairingPerson {
        final List<String> codes = new ArrayList<>();
        final List<String> fingerprints = new ArrayList<>();
        final List<Approved> asked = new ArrayList<>();
        final CompletableFuture<Boolean> yes = new CompletableFuture<>();

        @Override
        public void show(String code, String fingerprint, Duration expires) {
            codes.add(code);
            fingerprints.add(fingerprint);
        }

        @Override
        public CompletionStage<Boolean> confirm(Approved approved, HubIdentity hub) {
            asked.add(approved);
            return yes;
        }
    }
}
