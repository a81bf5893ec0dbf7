-- How nodes were over time: every sample for a day, roll-ups of 5 minutes for 8 days and of an hour for 90, and how far
-- away the agent found the hub.

-- The round trip of the link, by the agent's newest ping, in microseconds.
alter table node_sample add column rtt_micros int;

-- What is rolled up is found by its time, whichever node's it is; samples come in that order, so a few pages of index do.
create index on node_sample using brin (at) with (autosummarize = on);
select across('node_sample');

-- Of the samples in the five minutes (node_rollup_1h: in the hour) that begin at `at`. Units as in node_sample.
create table node_rollup_5m (
    tenant_id        uuid not null,
    node_id          uuid not null,
    at               timestamptz not null,
    samples          int not null,
    memory_total     bigint,
    disk_total       bigint,
    cpu_min          real,
    cpu_mean         real,
    cpu_max          real,
    load_min         real,
    load_mean        real,
    load_max         real,
    memory_min       real,
    memory_mean      real,
    memory_max       real,
    disk_min         real,
    disk_mean        real,
    disk_max         real,
    network_in_min   real,
    network_in_mean  real,
    network_in_max   real,
    network_out_min  real,
    network_out_mean real,
    network_out_max  real,
    rtt_min          real,
    rtt_mean         real,
    rtt_max          real,
    primary key (tenant_id, node_id, at),
    foreign key (tenant_id, node_id) references node on delete cascade
) partition by range (at);
create index on node_rollup_5m using brin (at) with (autosummarize = on);
select protect('node_rollup_5m', 'select'), across('node_rollup_5m');

create table node_rollup_1h (like node_rollup_5m,
    primary key (tenant_id, node_id, at),
    foreign key (tenant_id, node_id) references node on delete cascade
) partition by range (at);
select protect('node_rollup_1h', 'select'), across('node_rollup_1h');

-- Up to when a tenant's samples are rolled up. It moves in the transaction that writes the roll-ups.
create table node_rollup_done (
    tenant_id uuid not null references tenant on delete cascade,
    step      text not null check (step in ('5m', '1h')),
    until     timestamptz not null,
    primary key (tenant_id, step)
);
select protect('node_rollup_done', 'select'), across('node_rollup_done');

-- Partitions of `width` days for the day before `today` and the one after it. They have row-level security without a
-- policy and no rights: only the whole table is used.
create function make_partitions(parent text, width int, today date) returns void
    language plpgsql set search_path = fairlead, pg_temp as $$
declare
    day  date := today - 1 - (today - 1 - date '2000-01-01') % width;
    part text;
begin
    while day <= today + 1 loop
        part := parent || '_' || to_char(day, 'YYYYMMDD');
        if to_regclass(part) is null then
            execute format('create table %I partition of %I for values from (%L) to (%L)',
                part, parent, day::timestamp at time zone 'UTC', (day + width)::timestamp at time zone 'UTC');
            execute format('alter table %I enable row level security', part);
            execute format('alter table %I force row level security', part);
        end if;
        day := day + width;
    end loop;
end $$;

-- Drops the partitions that end before `oldest`, and those that begin so late that a clock which was wrong made them.
create function drop_partitions(parent text, width int, oldest date, newest date) returns void
    language plpgsql set search_path = fairlead, pg_temp as $$
declare
    part text;
begin
    for part in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = parent::regclass and c.relname ~ '_[0-9]{8}$'
          and (to_date(right(c.relname, 8), 'YYYYMMDD') + width <= oldest
               or to_date(right(c.relname, 8), 'YYYYMMDD') > newest)
    loop
        execute format('drop table %I', part);
    end loop;
end $$;

-- Makes room for yesterday to tomorrow, by the hub's clock and by this one, and drops what is past its time by both: a
-- clock that is wrong for a while takes nothing away.
drop function keep_node_samples();
create function keep_node_samples(hub_now timestamptz default now()) returns void
    language plpgsql security definer set search_path = fairlead, pg_temp as $$
declare
    first date := (least(hub_now, now()) at time zone 'UTC')::date;
    last  date := (greatest(hub_now, now()) at time zone 'UTC')::date;
    today date;
begin
    perform pg_advisory_xact_lock(hashtext('fairlead.keep_node_samples'));
    foreach today in array array[first, last] loop
        perform make_partitions('node_sample', 1, today);
        perform make_partitions('node_rollup_5m', 1, today);
        perform make_partitions('node_rollup_1h', 10, today);
    end loop;
    perform drop_partitions('node_sample', 1, first - 1, last + 1);
    perform drop_partitions('node_rollup_5m', 1, first - 8, last + 1);
    perform drop_partitions('node_rollup_1h', 10, first - 90, last + 1);
end $$;

-- Since when the samples of all tenants are to be rolled up: what the tenant that is furthest behind lacks. One that was
-- done up to a time that is still to come, by a clock that was wrong, is done anew.
create function rollup_since(wanted text, until timestamptz, at_most interval) returns timestamptz
    language sql stable set search_path = fairlead, pg_temp as $$
    select coalesce(min(coalesce(case when d.until <= $2 then d.until end,
                                 greatest(t.created_at, $2 - at_most))), $2)
    from tenant t left join node_rollup_done d on d.tenant_id = t.tenant_id and d.step = wanted
$$;

-- Rolls up the whole five minutes and hours that were not yet, of all tenants, in one statement each: at most two hours
-- of samples and a day of roll-ups at a time, true where there is more to do. False too where another hub is at it. A hub
-- that was off or stopped in the middle goes on where it was. Doing a time twice gives the same rows.
create function roll_up_node_samples(hub_now timestamptz default now()) returns boolean
    language plpgsql security definer set search_path = fairlead, pg_temp as $$
declare
    epoch  constant timestamptz := timestamptz '2000-01-01 00:00:00Z';
    -- A sample is written some seconds after it was heard.
    all5   timestamptz := date_bin('5 minutes', hub_now - interval '15 seconds', epoch);
    since5 timestamptz := date_bin('5 minutes', rollup_since('5m', all5, interval '2 days'), epoch);
    until5 timestamptz := least(all5, since5 + interval '2 hours');
    all1   timestamptz := date_bin('1 hour', until5, epoch);
    since1 timestamptz := date_bin('1 hour', rollup_since('1h', all1, interval '8 days'), epoch);
    until1 timestamptz := least(all1, since1 + interval '1 day');
begin
    if not pg_try_advisory_xact_lock(hashtext('fairlead.roll_up_node_samples')) then
        return false;
    end if;
    if since5 < until5 then
        insert into node_rollup_5m as r
        select s.tenant_id, s.node_id, date_bin('5 minutes', s.at, epoch), count(*),
               max(s.memory_total), max(s.disk_total),
               min(s.cpu), avg(s.cpu), max(s.cpu),
               min(s.load1), avg(s.load1), max(s.load1),
               min(s.memory_used), avg(s.memory_used), max(s.memory_used),
               min(s.disk_used), avg(s.disk_used), max(s.disk_used),
               min(s.network_in), avg(s.network_in), max(s.network_in),
               min(s.network_out), avg(s.network_out), max(s.network_out),
               min(s.rtt_micros), avg(s.rtt_micros), max(s.rtt_micros)
        from node_sample s
        where s.at >= since5 and s.at < until5
        group by 1, 2, 3
        on conflict (tenant_id, node_id, at) do update
        set (samples, memory_total, disk_total, cpu_min, cpu_mean, cpu_max, load_min, load_mean, load_max,
             memory_min, memory_mean, memory_max, disk_min, disk_mean, disk_max,
             network_in_min, network_in_mean, network_in_max, network_out_min, network_out_mean, network_out_max,
             rtt_min, rtt_mean, rtt_max)
          = (excluded.samples, excluded.memory_total, excluded.disk_total, excluded.cpu_min, excluded.cpu_mean,
             excluded.cpu_max, excluded.load_min, excluded.load_mean, excluded.load_max, excluded.memory_min,
             excluded.memory_mean, excluded.memory_max, excluded.disk_min, excluded.disk_mean, excluded.disk_max,
             excluded.network_in_min, excluded.network_in_mean, excluded.network_in_max, excluded.network_out_min,
             excluded.network_out_mean, excluded.network_out_max, excluded.rtt_min, excluded.rtt_mean,
             excluded.rtt_max);
        insert into node_rollup_done (tenant_id, step, until) select t.tenant_id, '5m', until5 from tenant t
        on conflict (tenant_id, step) do update set until = excluded.until;
    end if;
    if since1 < until1 then
        insert into node_rollup_1h as r
        select s.tenant_id, s.node_id, date_bin('1 hour', s.at, epoch), sum(s.samples),
               max(s.memory_total), max(s.disk_total),
               min(s.cpu_min), sum(s.cpu_mean * s.samples) / sum(s.samples) filter (where s.cpu_mean is not null), max(s.cpu_max),
               min(s.load_min), sum(s.load_mean * s.samples) / sum(s.samples) filter (where s.load_mean is not null), max(s.load_max),
               min(s.memory_min), sum(s.memory_mean * s.samples) / sum(s.samples) filter (where s.memory_mean is not null), max(s.memory_max),
               min(s.disk_min), sum(s.disk_mean * s.samples) / sum(s.samples) filter (where s.disk_mean is not null), max(s.disk_max),
               min(s.network_in_min), sum(s.network_in_mean * s.samples) / sum(s.samples) filter (where s.network_in_mean is not null), max(s.network_in_max),
               min(s.network_out_min), sum(s.network_out_mean * s.samples) / sum(s.samples) filter (where s.network_out_mean is not null), max(s.network_out_max),
               min(s.rtt_min), sum(s.rtt_mean * s.samples) / sum(s.samples) filter (where s.rtt_mean is not null), max(s.rtt_max)
        from node_rollup_5m s
        where s.at >= since1 and s.at < until1
        group by 1, 2, 3
        on conflict (tenant_id, node_id, at) do update
        set (samples, memory_total, disk_total, cpu_min, cpu_mean, cpu_max, load_min, load_mean, load_max,
             memory_min, memory_mean, memory_max, disk_min, disk_mean, disk_max,
             network_in_min, network_in_mean, network_in_max, network_out_min, network_out_mean, network_out_max,
             rtt_min, rtt_mean, rtt_max)
          = (excluded.samples, excluded.memory_total, excluded.disk_total, excluded.cpu_min, excluded.cpu_mean,
             excluded.cpu_max, excluded.load_min, excluded.load_mean, excluded.load_max, excluded.memory_min,
             excluded.memory_mean, excluded.memory_max, excluded.disk_min, excluded.disk_mean, excluded.disk_max,
             excluded.network_in_min, excluded.network_in_mean, excluded.network_in_max, excluded.network_out_min,
             excluded.network_out_mean, excluded.network_out_max, excluded.rtt_min, excluded.rtt_mean,
             excluded.rtt_max);
        insert into node_rollup_done (tenant_id, step, until) select t.tenant_id, '1h', until1 from tenant t
        on conflict (tenant_id, step) do update set until = excluded.until;
    end if;
    return until5 < all5 or until1 < all1;
end $$;

revoke execute on all functions in schema fairlead from public;
grant execute on function keep_node_samples, roll_up_node_samples to ${app};

select keep_node_samples();
