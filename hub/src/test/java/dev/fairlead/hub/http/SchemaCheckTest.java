package dev.fairlead.hub.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fairlead.hub.Rejected;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SchemaCheckTest {

    private final Contract contract = Contract.load();
    private final SchemaCheck check = new SchemaCheck(contract);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    EnrolmentTokenCreate | {"use": 1}                      | body.use | is not known; known: uses, expiresIn, labels, replace
                    EnrolmentTokenCreate | {"uses": "1"}                   | body.uses | must be a whole number, not a text
                    EnrolmentTokenCreate | {"uses": 1.5}                   | body.uses | must be a whole number, not a number with a fraction
                    EnrolmentTokenCreate | {"uses": 0}                     | body.uses | is less than 1
                    EnrolmentTokenCreate | {"uses": 99999999999999999999}  | body.uses | is more than 10000
                    EnrolmentTokenCreate | {"uses": null}                  | body.uses | must be a whole number, not null
                    EnrolmentTokenCreate | {"labels": {"A": "b"}}          | body.labels.A (the key) | does not match
                    EnrolmentTokenCreate | {"labels": {"a": 5}}            | body.labels.a | must be a text, not a whole number
                    EnrolmentTokenCreate | {"labels": []}                  | body.labels | must be an object, not a list
                    EnrolmentTokenCreate | []                              | body | must be an object, not a list
                    UserCreate           | {"name": "a"}                   | body.password | is missing
                    UserCreate           | {"name": "a", "password": "short"} | body.password | is shorter than 10 characters
                    UserCreate           | {"name": "A B", "password": "0123456789ab"} | body.name | does not have the right form: A DNS label
                    UserCreate           | {"name": "a\\u0000", "password": "0123456789ab"} | body.name | has a control character
                    UserCreate           | {"name": "a\\n", "password": "0123456789ab"} | body.name | has a control character
                    UserCreate           | {"name": "\\ud800", "password": "0123456789ab"} | body.name | has a control character or half
                    UserCreate           | {"name": "", "password": "0123456789ab"} | body.name | is empty
                    GrantCreate          | {"user": "a", "role": "boss"}   | body.role | must be one of admin, operator, viewer
                    GrantCreate          | {"user": "a", "role": "admin", "logins": ["x", "x"]} | body.logins | has an item twice
                    GrantCreate          | {"user": "a", "role": "admin", "logins": ["-x"]} | body.logins.0 | does not match
                    GrantCreate          | {"user": "a", "role": "admin", "labels": "a"} | body.labels | does not have the right form
                    NodeChange           | {}                              | body | has no field
                    """)
    void whatIsWrongIsNamed(String schema, String json, String field, String detail) {
        var errors = check(schema, json);

        assertThat(errors).hasSize(1);
        assertThat(errors.getFirst().field()).isEqualTo(field);
        assertThat(errors.getFirst().detail()).startsWith(detail);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    EnrolmentTokenCreate | {"uses": 3, "labels": {"site": "berlin"}, "replace": "node-1"}
                    NodeChange           | {"labels": {"site": null, "a/b": "C"}}
                    GrantCreate          | {"user": "ann@system", "role": "viewer", "labels": "a=b,c=", "logins": ["*"]}
                    SignInCreate         | {"user": "ann", "password": " käse 🧀 "}
                    """)
    void whatFitsPasses(String schema, String json) {
        assertThat(check(schema, json)).isEmpty();
    }

    @Test
    void thereIsAnEndToWhatIsListed() {
        var json = new StringBuilder("{");
        for (int i = 0; i < 5_000; i++) {
            json.append('"').append("unknown").append(i).append("\":1,");
        }
        json.append("\"x\":1}");

        assertThat(check("UserCreate", json.toString())).hasSize(16);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"a\":2}",
                "{\"a\":1} x",
                "{\"a\":",
                "{'a':1}",
                "{a:1}",
                "[1,]",
                "{\"a\": 1e999999999999999999999999999999999999999999}",
                "{\"a\": NaN}",
                "{\"a\": 0123}",
                "{\"a\": \"\u0001\"}",
                "",
                "\u0000"
            })
    void onlyStrictJsonIsRead(String json) {
        assertThatThrownBy(() -> Json.parse(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(Rejected.class)
                .hasMessageStartingWith("The request was not understood");
    }

    @Test
    void whatCouldCostMoreThanItsBytesIsNotRead() {
        for (var hostile : new String[] {"[".repeat(100_000), "9".repeat(100_000), "1e999999999"}) {
            try {
                var node = Json.parse(hostile.getBytes(StandardCharsets.UTF_8));
                assertThat(check("UserCreate", node.toString())).isNotEmpty();
            } catch (Rejected rejected) {
                assertThat(rejected.code()).isEqualTo(Rejected.Code.INVALID_REQUEST);
            }
        }
    }

    @Test
    void badUtf8IsRefused() {
        for (var bytes :
                new byte[][] {
                    {'"', (byte) 0xff, '"'},
                    {'"', (byte) 0xc0, (byte) 0x80, '"'},
                    {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'},
                    {'"', (byte) 0xe2, (byte) 0x82, '"'}
                }) {
            assertThatThrownBy(() -> Json.parse(bytes))
                    .isInstanceOf(Rejected.class)
                    .hasMessageContaining("not UTF-8");
        }
    }

    private java.util.List<Problem.FieldError> check(String schema, String json) {
        return check.check(
                contract.source().at("/components/schemas/" + schema),
                Json.parse(json.getBytes(StandardCharsets.UTF_8)),
                "body");
    }
}
