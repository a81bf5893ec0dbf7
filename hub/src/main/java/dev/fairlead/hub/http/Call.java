package dev.fairlead.hub.http;

import dev.fairlead.hub.Rejected;
import dev.fairlead.hub.audit.Actor;
import dev.fairlead.hub.db.TenantId;
import dev.fairlead.hub.rbac.Act;
import dev.fairlead.hub.rbac.Decide;
import dev.fairlead.hub.rbac.Labels;
import dev.fairlead.hub.rbac.Principal;
import dev.fairlead.hub.rbac.Rights;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One request, as a route sees it: checked against the contract, its asker known and allowed.
///
/// @param address where the asker comes from
/// @param given the path's and the query's values, and the headers that the contract names
/// @param body null where the operation takes none
/// @param who null where nobody needs to be signed in
/// @param where the tenant of the path, if it has one
public record Call(
        String address,
        Map<String, String> given,
        @Nullable JsonNode body,
        @Nullable Principal who,
        @Nullable TenantId where,
        Decide decide) {

    private static final int DEFAULT_LIMIT = 100;

    public Principal principal() {
        return Objects.requireNonNull(who, "a route for whoever comes asked who it is");
    }

    public TenantId tenant() {
        return Objects.requireNonNull(where, "a route without a tenant asked for it");
    }

    public Actor actor() {
        return principal().actor(address);
    }

    /// A value that the contract says must be there.
    public String need(String name) {
        return Objects.requireNonNull(given.get(name), name);
    }

    public Optional<String> get(String name) {
        return Optional.ofNullable(given.get(name));
    }

    public int limit() {
        return get("limit").map(Integer::parseInt).orElse(DEFAULT_LIMIT);
    }

    /// What the page starts after; empty for the first page.
    public Optional<String> cursor() {
        return get("cursor").map(Page::decode);
    }

    /// The same for lists that are ordered by a number.
    public OptionalLong numberCursor() {
        var cursor = cursor();
        if (cursor.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(cursor.get()));
        } catch (NumberFormatException e) {
            throw notOfThisList();
        }
    }

    /// The answer to a cursor of another list.
    public static Rejected notOfThisList() {
        return Rejected.invalid(
                "The cursor is not one of this list: take `next` of the page before.");
    }

    /// @throws Rejected as `invalid-request` where it has the form of a time and is none
    public @Nullable Instant time(String name) {
        var text = given.get(name);
        if (text == null) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw Rejected.invalid(name + " is no time of the calendar.");
        }
    }

    /// The body as a record whose components are the schema's properties.
    public <T> T body(Class<T> type) {
        return Json.convert(Objects.requireNonNull(body, "a route without a body"), type);
    }

    /// Asks again about one node.
    ///
    /// @throws Rejected as `denied`, or `not-found` where the asker must not learn that it exists
    public void mayOn(Act act, Labels node) {
        decide.decide(principal(), tenant(), act, node, null).orReject("node");
    }

    /// Asks whether a further act is allowed, besides the one that the route declares.
    ///
    /// @throws Rejected as above
    public void may(Act act) {
        decide.decide(principal(), tenant(), act).orReject("tenant");
    }

    /// The asker's rights in the tenant, for filtering lists.
    public Rights rights() {
        return decide.rights(principal(), tenant());
    }
}
