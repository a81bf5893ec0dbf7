-- Sessions outlive the process of the hub that they began on.

-- Whether its first stream was opened as one that may be resumed.
alter table session add column resumable boolean not null default false;

-- Ends the links that a hub that is no more left open, and the sessions that nobody will take up
-- again. For the start of that hub.
create or replace function end_leftovers_of_hub(wanted text, why text) returns void
    language sql security definer set search_path = fairlead, pg_temp as $$
    update node_link set ended_at = now(), reason = why where hub = wanted and ended_at is null;
    update session set ended_at = now(), end_reason = 'link-lost'
        where hub = wanted and ended_at is null and not resumable;
$$;

-- The other sessions that it left open: they may be resumed. For the start of that hub.
create function open_sessions_of_hub(wanted text)
    returns table (tenant_id uuid, session_id uuid, user_tenant_id uuid, user_id uuid, user_name text,
                   credential text, node_id uuid, node_name text, kind text, login text, target text,
                   address text, bytes_in bigint, bytes_out bigint)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select s.tenant_id, s.session_id, s.user_tenant_id, s.user_id, s.user_name, s.credential, s.node_id,
           s.node_name, s.kind, s.login, s.target, s.address, s.bytes_in, s.bytes_out
    from session s where s.hub = wanted and s.ended_at is null
$$;

revoke execute on function open_sessions_of_hub from public;
grant execute on function open_sessions_of_hub to ${app};

-- What the start looks for, however many sessions there have been.
create index on session (hub) where ended_at is null;
