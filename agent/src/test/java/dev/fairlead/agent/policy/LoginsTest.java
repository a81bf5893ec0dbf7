package dev.fairlead.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class LoginsTest {

    @Test
    void withoutAListTheAgentsOwnUserOnly() {
        var logins = new Logins("ada", false, List.of());
        assertThat(logins.check("")).isEqualTo(new Logins.Allowed("ada"));
        assertThat(logins.check("fairlead")).isEqualTo(new Logins.Allowed("ada"));
        assertThat(logins.check("ada")).isEqualTo(new Logins.Allowed("ada"));
        assertThat(logins.check("root")).isInstanceOf(Logins.Denied.class);
    }

    @Test
    void rootActsAsWhoIsListedAndTheFirstIsTheDefault() {
        var logins = new Logins("root", true, List.of("ada", "grace"));
        assertThat(logins.check("")).isEqualTo(new Logins.Allowed("ada"));
        assertThat(logins.check("grace")).isEqualTo(new Logins.Allowed("grace"));
        assertThat(logins.check("root")).isInstanceOf(Logins.Denied.class);
        assertThat(logins.check("Grace")).isInstanceOf(Logins.Denied.class);
        assertThat(logins.check("grace\n")).isInstanceOf(Logins.Denied.class);
        assertThat(logins.switches("ada")).isTrue();
    }

    @Test
    void anOrdinaryUserCannotListOthers() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Logins("ada", false, List.of("ada", "root")))
                .withMessageContaining("root");
    }
}
