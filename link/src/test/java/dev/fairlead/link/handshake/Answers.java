package dev.fairlead.link.handshake;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/// An admission whose answers a test completes, and that remembers what it was asked.
final class Answers implements Admission {

    final List<PeerIdentity> asked = new ArrayList<>();
    final List<String> fingerprints = new ArrayList<>();
    final CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    final CompletableFuture<PairingAnswer> pairing = new CompletableFuture<>();
    final CompletableFuture<Approval> approval = new CompletableFuture<>();
    int abandoned;

    static Answers welcome() {
        var answers = new Answers();
        answers.verdict.complete(Sample.WELCOME);
        return answers;
    }

    static Answers refused(Refusal code) {
        var answers = new Answers();
        answers.verdict.complete(new Refused(code, "no", Duration.ofSeconds(3)));
        return answers;
    }

    @Override
    public CompletionStage<Verdict> admit(PeerIdentity peer) {
        asked.add(peer);
        return verdict;
    }

    @Override
    public CompletionStage<PairingAnswer> pair(PeerIdentity peer, String fingerprint) {
        asked.add(peer);
        fingerprints.add(fingerprint);
        return pairing;
    }

    Pairing code(Duration expires) {
        return new Pairing() {
            @Override
            public String code() {
                return "7Q4M-2XKP";
            }

            @Override
            public Duration expires() {
                return expires;
            }

            @Override
            public CompletionStage<Approval> approval() {
                return approval;
            }

            @Override
            public CompletionStage<Verdict> confirmed() {
                return verdict;
            }

            @Override
            public void abandoned() {
                abandoned++;
            }
        };
    }
}
