-- What is known of each link beyond its address: whether it has a second TLS inside and who issued the
-- certificate that the agent saw in between; which process of the agent it is (random, so that two machines
-- with one key are told apart); and
-- which addresses it dials next time: those that it was told, or, where its owner configured some, those.
alter table node_link
    add column inner_tls boolean not null default false,
    add column between_issuer text,
    add column instance text,
    add column dials text[] not null default '{}',
    add column follows boolean not null default true;

-- Machines that came with the key of a node while another machine had its link: copies of one disk.
create table node_copy (
    tenant_id  uuid not null,
    node_id    uuid not null,
    instance   text not null,
    hostname   text,
    address    text not null,
    first_seen timestamptz not null default now(),
    last_seen  timestamptz not null default now(),
    primary key (tenant_id, node_id, instance),
    foreign key (tenant_id, node_id) references node on delete cascade
);
select protect('node_copy', 'select, insert, update, delete');

-- Which addresses of the hub each node dials, by its newest link; for the hub's change of name.
create function where_nodes_dial()
    returns table (tenant_name text, node_name text, connected_at timestamptz, ended_at timestamptz,
                   dials text[], follows boolean)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select t.name, n.name, l.connected_at, l.ended_at, coalesce(l.dials, '{}'), coalesce(l.follows, true)
    from node n
    join tenant t on t.tenant_id = n.tenant_id
    left join lateral (select * from node_link k
                       where k.tenant_id = n.tenant_id and k.node_id = n.node_id
                       order by k.epoch desc limit 1) l on true
    where n.removed_at is null
    order by t.name, n.name
$$;

revoke execute on function where_nodes_dial from public;
grant execute on function where_nodes_dial to ${app};

-- As in V5, and tells copies of one disk apart: `instance` is the process of the agent that comes. One that had a
-- link before, but not the newest, runs beside the one that had the newest. While that one has its link, the node
-- is not touched and epoch is null; other_instance and so on say who it is.
drop function admit_nodes(jsonb);
create function admit_nodes(wanted jsonb)
    returns table (n int, tenant_id uuid, tenant_name text, tenant_state text, node_id uuid, node_name text,
                   node_state text, revoked_at timestamptz, cause text, epoch bigint, other_instance text,
                   other_hostname text, other_address text, other_ended timestamptz)
    language sql volatile security definer set search_path = fairlead, pg_temp as $$
    with known as materialized (
        select w.n, w.version, w.capabilities, w.platform, decode(w.key, 'hex') as public_key, f.*,
               o.instance as other_instance, o.hostname as other_hostname, o.address as other_address,
               o.ended_at as other_ended
        from jsonb_to_recordset(wanted) as w(n int, key text, version text, capabilities jsonb, platform jsonb,
                                             instance text)
        cross join lateral node_by_key(decode(w.key, 'hex')) as f
        left join lateral (
            select l.instance, l.address, l.ended_at, d.platform ->> 'hostname' as hostname
            from (select * from node_link k
                  where k.tenant_id = f.tenant_id and k.node_id = f.node_id
                  order by k.epoch desc limit 1) l
            join node d on d.tenant_id = l.tenant_id and d.node_id = l.node_id
            where f.revoked_at is null and f.node_state = 'enrolled' and l.instance <> w.instance
              and exists (select from node_link e where e.tenant_id = l.tenant_id and e.node_id = l.node_id
                          and e.instance = w.instance)) o on true
    ), locked as materialized (
        select d.tenant_id, d.node_id
        from known k join node d on d.tenant_id = k.tenant_id and d.node_id = k.node_id
        where k.tenant_state = 'enabled' and k.revoked_at is null
          and d.removed_at is null and d.public_key = k.public_key
          and (k.other_instance is null or k.other_ended is not null)
        order by d.tenant_id, d.node_id
        for update of d
    ), taken as (
        update node d
        set link_epoch = d.link_epoch + 1, agent_version = k.version, capabilities = k.capabilities,
            platform = k.platform
        from known k join locked l on l.tenant_id = k.tenant_id and l.node_id = k.node_id
        where d.tenant_id = l.tenant_id and d.node_id = l.node_id
          and d.removed_at is null and d.public_key = k.public_key
        returning d.tenant_id, d.node_id, d.link_epoch
    )
    select k.n, k.tenant_id, k.tenant_name, k.tenant_state, k.node_id, k.node_name, k.node_state,
           k.revoked_at, k.cause, t.link_epoch, k.other_instance, k.other_hostname, k.other_address,
           k.other_ended
    from known k left join taken t on t.tenant_id = k.tenant_id and t.node_id = k.node_id
$$;

revoke execute on function admit_nodes from public;
grant execute on function admit_nodes to ${app};
