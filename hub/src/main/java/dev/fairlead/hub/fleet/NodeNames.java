package dev.fairlead.hub.fleet;

import dev.fairlead.hub.db.Name;
import dev.fairlead.hub.db.Tx;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Settles what a node is called.
///
/// The first label of the host name, in lower case, whatever is not of `a-z 0-9` made a hyphen;
/// where nothing is left, `node`. Where another node of the tenant has that name: `-2`, `-3` and so
/// on, the first that is free.
final class NodeNames {

    /// Room for the hyphen and the number.
    private static final int MAX_BASE = Name.MAX - 8;

    private NodeNames() {}

    /// The name that this text would give where no other node has it.
    static Name base(@Nullable String hostname) {
        String text = hostname == null ? "" : hostname;
        int dot = text.indexOf('.');
        StringBuilder out = new StringBuilder();
        for (char c :
                (dot > 0 ? text.substring(0, dot) : text).toLowerCase(Locale.ROOT).toCharArray()) {
            boolean plain = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
            if (plain && out.length() < MAX_BASE) {
                out.append(c);
            } else if (!plain
                    && !out.isEmpty()
                    && out.charAt(out.length() - 1) != '-'
                    && out.length() < MAX_BASE - 1) {
                out.append('-');
            }
        }
        while (!out.isEmpty() && out.charAt(out.length() - 1) == '-') {
            out.setLength(out.length() - 1);
        }
        return new Name(out.isEmpty() ? "node" : out.toString());
    }

    /// A free name in the transaction's tenant, held until the transaction ends: who settles a name
    /// in the same tenant meanwhile waits.
    static Name settle(Tx tx, Name wanted) {
        tx.handle()
                .createQuery(
                        "select 1 from pg_advisory_xact_lock(hashtextextended('fairlead.node-name:'"
                                + " || :tenant, 0))")
                .bind("tenant", tx.tenant().text())
                .mapTo(Integer.class)
                .one();
        return free(tx, wanted);
    }

    /// A name that is free now.
    static Name free(Tx tx, Name wanted) {
        String base =
                wanted.text().length() <= MAX_BASE
                        ? wanted.text()
                        : base(wanted.text().substring(0, MAX_BASE)).text();
        return new Name(
                tx.handle()
                        .createQuery(
                                """
                                select name from (
                                    select :wanted as name, 1 as n
                                    union all
                                    select :base || '-' || n, n
                                    from generate_series(2, 2 + (select count(*) from node
                                                                 where removed_at is null)) n) wanted
                                where not exists (select from node o
                                                  where o.name = wanted.name and o.removed_at is null)
                                order by n limit 1\
                                """)
                        .bind("wanted", wanted.text())
                        .bind("base", base)
                        .mapTo(String.class)
                        .one());
    }
}
