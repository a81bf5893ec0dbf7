package dev.fairlead.hub.fleet;

import dev.fairlead.hub.db.NodeId;
import dev.fairlead.hub.db.Tx;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The SQL of samples, in the transaction's tenant.
final class SampleStore {

    private static final TypeReference<List<Statistics.Disk>> DISKS = new TypeReference<>() {};

    private final JsonMapper json = JsonMapper.builder().build();

    /// A node's statistics to be written.
    record Sample(NodeId node, Statistics statistics) {}

    /// All in one statement. Samples of nodes that are no more are left out.
    void insert(Tx tx, List<Sample> samples) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        for (Sample sample : samples) {
            rows.add(row(sample));
        }
        tx.handle()
                .createUpdate(
                        """
                        insert into node_sample (tenant_id, node_id, at, health, problems, uptime, cores, cpu,
                            load1, load5, load15, memory_total, memory_used, disk_total, disk_used, disks,
                            network_in, network_out, rtt_micros)
                        select :tenant, s.node, s.at, s.health, s.problems, s.uptime, s.cores, s.cpu,
                            s.load1, s.load5, s.load15, s.memory_total, s.memory_used, s.disk_total,
                            s.disk_used, s.disks, s.network_in, s.network_out, s.rtt_micros
                        from jsonb_to_recordset(cast(:rows as jsonb)) as s(
                            node uuid, at timestamptz, health text, problems jsonb, uptime bigint, cores int,
                            cpu real, load1 real, load5 real, load15 real, memory_total bigint,
                            memory_used bigint, disk_total bigint, disk_used bigint, disks jsonb,
                            network_in bigint, network_out bigint, rtt_micros int)
                        join node n on n.node_id = s.node and n.state = 'enrolled'
                        on conflict do nothing\
                        """)
                .bind("tenant", tx.tenant().uuid())
                .bind("rows", json.writeValueAsString(rows))
                .execute();
    }

    private static Map<String, @Nullable Object> row(Sample sample) {
        Statistics s = sample.statistics;
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("node", sample.node.uuid().toString());
        row.put("at", s.at().toString());
        row.put("health", s.health());
        row.put("problems", s.problems());
        row.put("uptime", s.uptime());
        row.put("cores", s.cores());
        row.put("cpu", s.cpu());
        List<Double> load = s.load();
        if (load != null) {
            row.put("load1", load.get(0));
            row.put("load5", load.get(1));
            row.put("load15", load.get(2));
        }
        row.put("memory_total", s.memoryTotal());
        row.put("memory_used", s.memoryUsed());
        row.put("disk_total", s.disks().stream().mapToLong(Statistics.Disk::total).sum());
        row.put("disk_used", s.disks().stream().mapToLong(Statistics.Disk::used).sum());
        row.put("disks", s.disks());
        row.put("network_in", s.networkIn());
        row.put("network_out", s.networkOut());
        row.put("rtt_micros", s.rttMicros());
        return row;
    }

    /// Newest first.
    List<Statistics> page(Tx tx, NodeId node, Instant since, Instant before, int limit) {
        return tx.handle()
                .createQuery(
                        """
                        select * from node_sample
                        where node_id = :node and at >= :since and at < :before
                        order by at desc limit :limit\
                        """)
                .bind("node", node.uuid())
                .bind("since", since)
                .bind("before", before)
                .bind("limit", limit)
                .map((row, context) -> statistics(row))
                .list();
    }

    private Statistics statistics(ResultSet row) throws SQLException {
        Double load1 = number(row, "load1");
        Double load5 = number(row, "load5");
        Double load15 = number(row, "load15");
        Integer cores = row.getObject("cores", Integer.class);
        return new Statistics(
                row.getObject("at", OffsetDateTime.class).toInstant(),
                number(row, "cpu"),
                cores,
                load1 == null || load5 == null || load15 == null
                        ? null
                        : List.of(load1, load5, load15),
                row.getObject("memory_total", Long.class),
                row.getObject("memory_used", Long.class),
                row.getObject("network_in", Long.class),
                row.getObject("network_out", Long.class),
                row.getObject("uptime", Long.class),
                row.getObject("rtt_micros", Integer.class),
                json.readValue(row.getString("disks"), DISKS));
    }

    /// A `real`, as the shortest decimal that means it.
    private static @Nullable Double number(ResultSet row, String column) throws SQLException {
        Float value = row.getObject(column, Float.class);
        return value == null ? null : Double.valueOf(value.toString());
    }

    /// Makes the partitions of yesterday to tomorrow and drops those past their time.
    ///
    /// @param now by the hub's clock
    static void keepPartitions(Tx tx, Instant now) {
        tx.handle()
                .createQuery("select 1 from keep_node_samples(:now)")
                .bind("now", now)
                .mapTo(Integer.class)
                .list();
    }

    /// Rolls up what is over by the hub's clock, of all tenants; some hours at a time.
    ///
    /// @return whether there is more to do
    static boolean rollUp(Tx tx, Instant now) {
        return tx.handle()
                .createQuery("select roll_up_node_samples(:now)")
                .bind("now", now)
                .mapTo(Boolean.class)
                .one();
    }
}
