package dev.fairlead.hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Rejected;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdsTest {

    @Test
    void textAndBack() {
        for (int i = 0; i < 1000; i++) {
            NodeId id = NodeId.fresh();
            assertThat(id.text()).matches("node_[0-7][0-9a-hjkmnp-tv-z]{25}");
            assertThat(NodeId.parse(id.text())).contains(id);
            assertThat(id.uuid().version()).isEqualTo(7);
            assertThat(id.uuid().variant()).isEqualTo(2);
        }
        assertThat(new UserId(new UUID(0, 0)).text()).isEqualTo("user_00000000000000000000000000");
        assertThat(new UserId(new UUID(-1, -1)).text())
                .isEqualTo("user_7zzzzzzzzzzzzzzzzzzzzzzzzz");
        assertThat(UserId.parse("user_7zzzzzzzzzzzzzzzzzzzzzzzzz").map(UserId::uuid))
                .contains(new UUID(-1, -1));
    }

    @Test
    void laterIdsSortLater() throws InterruptedException {
        String before = NodeId.fresh().text();
        long millis = System.currentTimeMillis();
        while (System.currentTimeMillis() == millis) {
            Thread.onSpinWait();
        }
        assertThat(NodeId.fresh().text()).isGreaterThan(before);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "node_",
                "node_0",
                "user_00000000000000000000000000",
                "node_0000000000000000000000000",
                "node_000000000000000000000000000",
                "node_80000000000000000000000000",
                "node_0000000000000000000000000u",
                "node_0000000000000000000000000A",
                "NODE_00000000000000000000000000",
                "node_0000000000000000000000000\u0000",
                "node_0000000000000000000000000\u0660",
                " node_00000000000000000000000000"
            })
    void hostileTextIsNoId(String text) {
        assertThat(NodeId.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "node-1", "a--b", "xn--bcher-kva"})
    void names(String text) {
        assertThat(Name.parse(text)).map(Name::text).contains(text);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "", "-", "-a", "a-", "A", "a.b", "a_b", "a b", "a/b", "ä", "a\n", "a\0", "..",
                "$(x)"
            })
    void hostileNames(String text) {
        assertThat(Name.parse(text)).isEmpty();
        assertThatThrownBy(() -> Name.of("node", text))
                .isInstanceOfSatisfying(
                        Rejected.class,
                        e -> assertThat(e.code()).isEqualTo(Rejected.Code.INVALID_REQUEST));
    }

    @Test
    void longNames() {
        assertThat(Name.parse("a".repeat(63))).isPresent();
        assertThat(Name.parse("a".repeat(64))).isEmpty();
    }
}
