-- As in V7, but by the nodes' primary key whatever the planner knows of the tables: where it has no statistics yet, as
-- after many nodes were enrolled at once, "removed_at is null" brought it to the index of names, and to reading the whole
-- tenant for each node that comes.
create or replace function admit_nodes(wanted jsonb)
    returns table (n int, tenant_id uuid, tenant_name text, tenant_state text, node_id uuid, node_name text,
                   node_state text, revoked_at timestamptz, cause text, epoch bigint, other_instance text,
                   other_hostname text, other_address text, other_ended timestamptz)
    language sql volatile security definer set search_path = fairlead, pg_temp as $$
    with known as materialized (
        select w.n, w.version, w.capabilities, w.platform, w.public_key, f.*,
               o.instance as other_instance, o.hostname as other_hostname, o.address as other_address,
               o.ended_at as other_ended
        from (select r.*, decode(r.key, 'hex') as public_key
              from jsonb_to_recordset(wanted) as r(n int, key text, version text, capabilities jsonb,
                                                   platform jsonb, instance text)) w
        cross join lateral (
            select t.tenant_id, t.name as tenant_name, t.state as tenant_state, d.node_id, d.name as node_name,
                   d.state as node_state, k.revoked_at, k.cause
            from node_key k
            join node d on d.tenant_id = k.tenant_id and d.node_id = k.node_id
            join tenant t on t.tenant_id = k.tenant_id
            where k.public_key = w.public_key
            order by k.revoked_at desc nulls first limit 1) f
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
          and d.state = 'enrolled' and d.public_key = k.public_key
          and (k.other_instance is null or k.other_ended is not null)
        order by d.tenant_id, d.node_id
        for update of d
    ), taken as (
        update node d
        set link_epoch = d.link_epoch + 1, agent_version = k.version, capabilities = k.capabilities,
            platform = k.platform
        from known k join locked l on l.tenant_id = k.tenant_id and l.node_id = k.node_id
        where d.tenant_id = l.tenant_id and d.node_id = l.node_id
          and d.state = 'enrolled' and d.public_key = k.public_key
        returning d.tenant_id, d.node_id, d.link_epoch
    )
    select k.n, k.tenant_id, k.tenant_name, k.tenant_state, k.node_id, k.node_name, k.node_state,
           k.revoked_at, k.cause, t.link_epoch, k.other_instance, k.other_hostname, k.other_address,
           k.other_ended
    from known k left join taken t on t.tenant_id = k.tenant_id and t.node_id = k.node_id
$$;
