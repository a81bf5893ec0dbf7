package dev.fairlead.agent;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;

/// What a node is for. It only decides what `allow:` is when agent.yaml does not say.
public enum Profile {
    /// A machine to work on: its own loopback, and SSH.
    NODE(List.of("loopback", "ssh"), "this machine's own services, and SSH"),
    /// A way to other machines: nothing but what is listed.
    GATEWAY(List.of(), "only the targets that you list"),
    /// A Kubernetes cluster: its API server, as a pod sees it.
    CLUSTER(List.of("kubernetes.default.svc:443"), "this cluster's API server"),
    /// A machine that only reports.
    COLLECTOR(List.of(), "nothing; it only reports");

    private final List<String> allow;
    private final String meaning;

    Profile(List<String> allow, String meaning) {
        this.allow = allow;
        this.meaning = meaning;
    }

    /// The rules of a node whose agent.yaml has no `allow:`.
    public List<String> allow() {
        return allow;
    }

    /// What can be reached, for a person.
    public String meaning() {
        return meaning;
    }

    @JsonValue
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    @JsonCreator
    public static Profile ofLabel(String label) {
        for (var profile : values()) {
            if (profile.label().equals(label)) {
                return profile;
            }
        }
        throw new ConfigException(
                "profile is node, gateway, cluster or collector, not \"" + label + "\"");
    }
}
