package dev.fairlead.hub.rbac;

import dev.fairlead.hub.Rejected;
import java.util.Locale;

/// What was decided.
public sealed interface Decision {

    /// @param login the settled login where the act is done as one, else empty; empty is the node's
    ///   default
    record Allowed(String login) implements Decision {}

    record Denied(Reason reason) implements Decision {}

    default boolean allowed() {
        return this instanceof Allowed;
    }

    /// The settled login.
    ///
    /// @param what the kind of thing that it is about, such as `node`, for the answer about what
    ///   may not be known to exist
    /// @throws Rejected as `denied`, or `not-found` where the asker must not learn that it exists
    default Allowed orReject(String what) {
        return switch (this) {
            case Allowed allowed -> allowed;
            case Denied denied -> throw denied.reason().rejected(what);
        };
    }

    /// Why not. The label is the word in the audit and in metrics.
    enum Reason {
        /// The asker has nothing to do with this tenant: for them it does not exist.
        FOREIGN("", true),
        /// The tenant is disabled.
        TENANT_DISABLED("This tenant is disabled.", false),
        /// No grant at all in the own tenant.
        NO_GRANT("You have no grant in this tenant.", false),
        /// No grant takes in this node: for them it does not exist.
        NO_SUCH_NODE("", true),
        /// The role of the grants is too small.
        ROLE("Your role does not allow this.", false),
        /// The role suffices, but for some nodes only.
        WHOLE_TENANT(
                "This concerns the whole tenant, and your role is for some of its nodes only.",
                false),
        /// No grant allows this login.
        LOGIN("Your grants do not allow this login on this node.", false),
        /// An API token cannot do this.
        SIGN_IN_NEEDED("An API token cannot do this: sign in with your password.", false);

        private final String sentence;
        private final boolean hidden;

        Reason(String sentence, boolean hidden) {
            this.sentence = sentence;
            this.hidden = hidden;
        }

        public String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /// Whether the answer must be that of what does not exist.
        public boolean hidden() {
            return hidden;
        }

        private Rejected rejected(String what) {
            return hidden
                    ? Rejected.notFound(what)
                    : Rejected.of(
                            Rejected.Code.DENIED,
                            sentence,
                            "An administrator of the tenant can change that: fairlead grant add.");
        }
    }
}
