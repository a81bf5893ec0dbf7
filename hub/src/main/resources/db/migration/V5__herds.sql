-- What many nodes want at once, in one statement each.

-- Lets in nodes by their keys: of each, whose it is, as node_by_key says it, and the number of the link that
-- it may now have, with what the agent said of itself written down. epoch is null where it may have none. No
-- two of `wanted` are of one key. Rows are locked in one order, so that two callers never wait for each other.
create function admit_nodes(wanted jsonb)
    returns table (n int, tenant_id uuid, tenant_name text, tenant_state text, node_id uuid, node_name text,
                   node_state text, revoked_at timestamptz, cause text, epoch bigint)
    language sql volatile security definer set search_path = fairlead, pg_temp as $$
    with known as materialized (
        select w.n, w.version, w.capabilities, w.platform, decode(w.key, 'hex') as public_key, f.*
        from jsonb_to_recordset(wanted) as w(n int, key text, version text, capabilities jsonb, platform jsonb)
        cross join lateral node_by_key(decode(w.key, 'hex')) as f
    ), locked as materialized (
        select d.tenant_id, d.node_id
        from known k join node d on d.tenant_id = k.tenant_id and d.node_id = k.node_id
        where k.tenant_state = 'enabled' and k.revoked_at is null
          and d.removed_at is null and d.public_key = k.public_key
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
           k.revoked_at, k.cause, t.link_epoch
    from known k left join taken t on t.tenant_id = k.tenant_id and t.node_id = k.node_id
$$;

revoke execute on function admit_nodes from public;
grant execute on function admit_nodes to ${app};
