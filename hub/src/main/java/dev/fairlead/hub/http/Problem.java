package dev.fairlead.hub.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.fairlead.hub.Rejected;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is answered instead of what was asked for (RFC 9457): `code` for programs, `detail` and
/// `hint` for people. The cause of an [Rejected.Code#INTERNAL] is only in the log, under
/// `incident`.
///
/// @param retry nothing was done, and the same request may be sent again
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(
        String type,
        String title,
        int status,
        String code,
        String detail,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String hint,
        boolean retry,
        List<FieldError> errors,
        @Nullable String incident) {

    public static final String MEDIA_TYPE = "application/problem+json";

    /// @param field such as `body.labels.site`, `query.limit`, `path.node`
    /// @param detail what is wrong with it
    public record FieldError(String field, String detail) {}

    public static Problem of(Rejected rejected) {
        return make(
                rejected.code().status(),
                rejected.code().label(),
                rejected.detail(),
                rejected.hint(),
                rejected.code().retry(),
                List.of(),
                null);
    }

    /// A request that does not fit the contract.
    static Problem invalid(List<FieldError> errors) {
        var first = errors.getFirst();
        return make(
                Rejected.Code.INVALID_REQUEST.status(),
                Rejected.Code.INVALID_REQUEST.label(),
                "The request was not understood: " + first.field() + " " + first.detail() + ".",
                null,
                false,
                errors,
                null);
    }

    /// @param incident what the log calls it
    static Problem internal(String incident) {
        return make(
                Rejected.Code.INTERNAL.status(),
                Rejected.Code.INTERNAL.label(),
                "The hub failed while it worked on this.",
                "Tell the hub's administrator the incident "
                        + incident
                        + "; it is in the hub's log.",
                false,
                List.of(),
                incident);
    }

    private static Problem make(
            int status,
            String code,
            String detail,
            @Nullable String hint,
            boolean retry,
            List<FieldError> errors,
            @Nullable String incident) {
        String words = code.replace('-', ' ');
        return new Problem(
                "https://fairlead.dev/problems/" + code,
                Character.toUpperCase(words.charAt(0)) + words.substring(1),
                status,
                code,
                detail,
                hint,
                retry,
                errors,
                incident);
    }
}
