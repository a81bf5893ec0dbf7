package dev.fairlead.agent.policy;

import java.util.List;

/// Which of the machine's users may be acted as. The hub cannot widen it.
public final class Logins {

    /// What OpenSSH is told where no login is meant: `User fairlead` in the generated
    /// configuration, because OpenSSH would else send the name of the person's own account.
    public static final String DEFAULT_WORD = "fairlead";

    private final String own;
    private final boolean root;
    private final List<String> listed;

    /// What came of a question.
    public sealed interface Answer {}

    /// @param login a user of the machine
    public record Allowed(String login) implements Answer {}

    /// @param reason one sentence for the person who asked
    public record Denied(String reason) implements Answer {}

    /// @param own the user that the agent runs as
    /// @param root whether it can act as others
    /// @param listed `logins:` of agent.yaml, the first being the node's default; empty: the own
    ///   user
    /// @throws IllegalArgumentException where an agent that is not root lists another user
    public Logins(String own, boolean root, List<String> listed) {
        this.own = own;
        this.root = root;
        this.listed = listed.isEmpty() ? List.of(own) : List.copyOf(listed);
        if (!root) {
            for (String login : listed) {
                if (!login.equals(own)) {
                    throw new IllegalArgumentException(
                            "logins: lists "
                                    + login
                                    + ", but the agent runs as "
                                    + own
                                    + " and only root can act as another user; remove it or run the"
                                    + " agent as root");
                }
            }
        }
    }

    /// The login of a stream that names none.
    public String standard() {
        return listed.getFirst();
    }

    public List<String> listed() {
        return listed;
    }

    /// Whether sessions run in a process of another user than the agent's.
    public boolean switches(String login) {
        return root && !login.equals(own);
    }

    /// @param asked the `login` header of a stream; empty or `fairlead` is the node's default
    public Answer check(String asked) {
        if (asked.isEmpty() || asked.equals(DEFAULT_WORD)) {
            return new Allowed(standard());
        }
        if (listed.contains(asked)) {
            return new Allowed(asked);
        }
        return new Denied(
                "This node's policy does not allow the login "
                        + asked.replaceAll("[^\\x21-\\x7e]", "?")
                        + "; the node's owner can list it under `logins:` in agent.yaml.");
    }
}
