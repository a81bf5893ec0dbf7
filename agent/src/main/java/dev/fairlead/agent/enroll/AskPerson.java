package dev.fairlead.agent.enroll;

import dev.fairlead.link.handshake.Approved;
import dev.fairlead.link.handshake.HubIdentity;
import dev.fairlead.link.handshake.PairingPerson;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// Shows a pairing to the person at the machine and takes their answer. Answers by itself only
/// where the person has named both the hub's fingerprint and the tenant beforehand.
final class AskPerson implements PairingPerson {

    private final Person person;
    private final @Nullable String tenant;
    private final boolean hubIsKnown;

    /// @param hubIsKnown the hub had to prove a fingerprint that the person gave
    AskPerson(Person person, @Nullable String tenant, boolean hubIsKnown) {
        this.person = person;
        this.tenant = tenant;
        this.hubIsKnown = hubIsKnown;
    }

    @Override
    public void show(String code, String fingerprint, Duration expires) {
        person.say("");
        person.say("  pairing code:  " + code);
        person.say("  fingerprint:   " + fingerprint);
        person.say("");
        person.say(
                "Ask an operator of the hub to run:  fairlead agent approve "
                        + code
                        + "\nThey must see the same fingerprint; if it differs, somebody is in between."
                        + "\nWaiting for "
                        + expires.toMinutes()
                        + " minutes ...");
    }

    @Override
    public CompletionStage<Boolean> confirm(Approved approved, HubIdentity hub) {
        var answer = new CompletableFuture<Boolean>();
        // Reading from a terminal blocks, in native code.
        Thread.ofPlatform()
                .daemon()
                .name("confirm")
                .start(() -> {
                    try {
                        answer.complete(ask(approved, hub));
                    } catch (IOException | RuntimeException e) {
                        answer.completeExceptionally(e);
                    }
                });
        return answer;
    }

    private boolean ask(Approved approved, HubIdentity hub) throws IOException {
        person.say("");
        person.say("  approved by:   " + approved.approver());
        person.say("  tenant:        " + approved.tenant());
        person.say("  hub:           " + approved.hub());
        person.say("  hub's key:     " + hub.fingerprint());
        person.say("");
        if (tenant != null && !tenant.equals(approved.tenant())) {
            person.say("That is not the tenant " + tenant + " that you named; not joining.");
            return false;
        }
        return (tenant != null && hubIsKnown) || person.agrees("Join this hub?");
    }
}
