-- Everything that looks across tenants, complete: each function runs as the owner of the tables, with
-- a fixed search_path, and may be called by the role that serves. Nothing else sees two tenants.

-- The tenant of this name; for a path such as /tenants/{name}. Empty when there is none.
create function tenant_by_name(wanted text)
    returns table (tenant_id uuid, name text, state text, created_at timestamptz)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select t.tenant_id, t.name, t.state, t.created_at from tenant t where t.name = wanted
$$;

-- All tenants, by name; for administrators of the hub and for the hub's own chores.
create function all_tenants()
    returns table (tenant_id uuid, name text, state text, created_at timestamptz)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select t.tenant_id, t.name, t.state, t.created_at from tenant t order by t.name
$$;

-- The tenants that a user has to do with: the own one and those with a grant.
create function tenants_of_user(home uuid, wanted uuid)
    returns table (tenant_id uuid, name text, state text, created_at timestamptz)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select t.tenant_id, t.name, t.state, t.created_at from tenant t
    where t.tenant_id = home
       or exists (select from user_grant g
                  where g.tenant_id = t.tenant_id and g.user_tenant_id = home and g.user_id = wanted)
    order by t.name
$$;

-- A disabled tenant with everything in it, gone. True when there was one to delete.
create function delete_tenant(wanted uuid) returns boolean
    language plpgsql security definer set search_path = fairlead, pg_temp as $$
begin
    delete from tenant t where t.tenant_id = wanted and t.state = 'disabled'
        and t.tenant_id <> '00000000-0000-7000-8000-000000000001';
    return found;
end $$;

-- The user NAME@TENANT with the stored password, for the sign-in; and for giving one of `system` a grant.
create function user_by_name(tenant_name text, user_name text)
    returns table (tenant_id uuid, tenant_name text, tenant_state text, user_id uuid, user_name text,
                   user_state text, password text)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select t.tenant_id, t.name, t.state, u.user_id, u.name, u.state, u.password
    from tenant t join app_user u on u.tenant_id = t.tenant_id
    where t.name = $1 and u.name = $2
$$;

-- The sign-in or API token with this hash, valid or not, with what its validity depends on.
create function credential_by_hash(wanted bytea)
    returns table (kind text, credential_id uuid, expires_at timestamptz, tenant_id uuid,
                   tenant_name text, tenant_state text, user_id uuid, user_name text, user_state text,
                   last_used_at timestamptz)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select c.kind, c.credential_id, c.expires_at, t.tenant_id, t.name, t.state, u.user_id, u.name, u.state,
           c.last_used_at
    from (select 'sign-in' as kind, s.sign_in_id as credential_id, s.expires_at, s.tenant_id, s.user_id,
                 null::timestamptz as last_used_at
          from sign_in s where s.token_hash = wanted
          union all
          select 'api-token', a.api_token_id, a.expires_at, a.tenant_id, a.user_id, a.last_used_at
          from api_token a where a.token_hash = wanted) c
    join app_user u on u.tenant_id = c.tenant_id and u.user_id = c.user_id
    join tenant t on t.tenant_id = c.tenant_id
$$;

-- The same by the credential's id, for asking again about somebody who is already in.
create function credential_by_id(wanted uuid)
    returns table (kind text, credential_id uuid, expires_at timestamptz, tenant_id uuid,
                   tenant_name text, tenant_state text, user_id uuid, user_name text, user_state text,
                   last_used_at timestamptz)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select c.kind, c.credential_id, c.expires_at, t.tenant_id, t.name, t.state, u.user_id, u.name, u.state,
           c.last_used_at
    from (select 'sign-in' as kind, s.sign_in_id as credential_id, s.expires_at, s.tenant_id, s.user_id,
                 null::timestamptz as last_used_at
          from sign_in s where s.sign_in_id = wanted
          union all
          select 'api-token', a.api_token_id, a.expires_at, a.tenant_id, a.user_id, a.last_used_at
          from api_token a where a.api_token_id = wanted) c
    join app_user u on u.tenant_id = c.tenant_id and u.user_id = c.user_id
    join tenant t on t.tenant_id = c.tenant_id
$$;

-- Forgets what is past its time: expired sign-ins, API tokens, pairings and (a day
-- later, for until then a late machine is told that it expired) enrolment tokens, answered idempotency keys
-- after a day, events after an hour.
create function forget_expired() returns void
    language sql security definer set search_path = fairlead, pg_temp as $$
    delete from sign_in where expires_at < now();
    delete from api_token where expires_at < now();
    delete from pairing where expires_at < now() - interval '1 hour';
    delete from enrolment_token where expires_at < now() - interval '1 day';
    delete from idempotency where created_at < now() - interval '1 day';
    delete from event where at < now() - interval '1 hour';
$$;

-- The node that proves this key, removed or replaced ones included: the link tells them apart by
-- node_state and revoked_at. A key in use comes before a revoked one.
create function node_by_key(wanted bytea)
    returns table (tenant_id uuid, tenant_name text, tenant_state text, node_id uuid, node_name text,
                   node_state text, revoked_at timestamptz, cause text)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select t.tenant_id, t.name, t.state, n.node_id, n.name, n.state, k.revoked_at, k.cause
    from node_key k
    join node n on n.tenant_id = k.tenant_id and n.node_id = k.node_id
    join tenant t on t.tenant_id = k.tenant_id
    where k.public_key = wanted
    order by k.revoked_at desc nulls first limit 1
$$;

-- Ends what a hub that is no more left open: its links and sessions. For the start of that hub.
create function end_leftovers_of_hub(wanted text, why text) returns void
    language sql security definer set search_path = fairlead, pg_temp as $$
    update node_link set ended_at = now(), reason = why where hub = wanted and ended_at is null;
    update session set ended_at = now(), end_reason = why where hub = wanted and ended_at is null;
$$;

-- Uses an enrolment token once, for this key; `fresh_node` is the id that a new node will get.
-- outcome: fresh (a use was taken, make the node), repeat (this key had it: same node, no use taken),
-- unknown, expired, used-up, revoked, tenant-disabled. Racers wait at the token's row; the use itself is
-- taken by one UPDATE ... RETURNING.
create function redeem_enrolment(wanted bytea, key bytea, fresh_node uuid)
    returns table (outcome text, tenant_id uuid, tenant_name text, token_id uuid, node_id uuid,
                   replaces boolean, labels jsonb, created_by text)
    language plpgsql security definer set search_path = fairlead, pg_temp as $$
#variable_conflict use_column
declare
    token enrolment_token;
    owner tenant;
    done  uuid;
begin
    select * into token from enrolment_token e where e.secret_hash = wanted for update;
    if not found then
        outcome := 'unknown'; return next; return;
    end if;
    select * into owner from tenant t where t.tenant_id = token.tenant_id;
    tenant_id := owner.tenant_id; tenant_name := owner.name; token_id := token.token_id;
    labels := token.labels; created_by := token.created_by;
    replaces := token.replace_node_id is not null;
    select r.node_id into done from enrolment_redemption r
        where r.tenant_id = token.tenant_id and r.token_id = token.token_id and r.public_key = key;
    if owner.state <> 'enabled' then
        outcome := 'tenant-disabled';
    elsif token.revoked_at is not null then
        outcome := 'revoked';
    elsif done is not null then
        -- Only while that key still is the node's: a removed node needs a new token.
        outcome := case when exists (select from node_key k where k.tenant_id = token.tenant_id
                and k.node_id = done and k.public_key = key and k.revoked_at is null)
            then 'repeat' else 'used-up' end;
        node_id := done;
    elsif token.expires_at <= now() then
        outcome := 'expired';
    else
        update enrolment_token e set uses_left = e.uses_left - 1
            where e.tenant_id = token.tenant_id and e.token_id = token.token_id and e.uses_left > 0
            returning coalesce(e.replace_node_id, fresh_node) into node_id;
        if node_id is null then
            outcome := 'used-up';
        else
            outcome := 'fresh';
            insert into enrolment_redemption (tenant_id, token_id, public_key, node_id)
                values (token.tenant_id, token.token_id, key, node_id);
        end if;
    end if;
    return next;
end $$;

-- Puts up a pairing. False when as many as `most` wait already.
create function open_pairing(id uuid, code bytea, key bytea, print text, details jsonb, origin text,
                             expires timestamptz, most int) returns boolean
    language plpgsql security definer set search_path = fairlead, pg_temp as $$
begin
    -- One at a time, or two would both be the last that fits.
    perform pg_advisory_xact_lock(hashtext('fairlead.open_pairing'));
    if (select count(*) from pairing p where p.tenant_id is null and p.expires_at > now()) >= most then
        return false;
    end if;
    insert into pairing (pairing_id, code_hash, public_key, fingerprint, about, address, expires_at)
        values (id, code, key, print, details, origin, expires);
    return true;
end $$;

-- The waiting pairing with this code, for the person who typed it whole.
create function find_pairing(code bytea)
    returns table (pairing_id uuid, public_key bytea, fingerprint text, about jsonb, address text,
                   created_at timestamptz, expires_at timestamptz)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select p.pairing_id, p.public_key, p.fingerprint, p.about, p.address, p.created_at, p.expires_at
    from pairing p where p.code_hash = code and p.tenant_id is null and p.expires_at > now()
$$;

-- Takes a waiting pairing into the transaction's tenant. False when it is no longer there to take.
create function approve_pairing(id uuid, who text, name text, wanted_labels jsonb) returns boolean
    language plpgsql security definer set search_path = fairlead, pg_temp as $$
begin
    update pairing set tenant_id = nullif(current_setting('fairlead.tenant', true), '')::uuid,
            approved_at = now(), approved_by = who, node_name = name, labels = wanted_labels
        where pairing_id = id and tenant_id is null and expires_at > now()
            and nullif(current_setting('fairlead.tenant', true), '') is not null;
    return found;
end $$;

-- How a pairing stands, for the node that put it up and proves its key.
create function pairing_state(id uuid, key bytea)
    returns table (tenant_id uuid, tenant_name text, tenant_state text, approved_by text, node_name text,
                   labels jsonb, node_id uuid, expires_at timestamptz)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select p.tenant_id, t.name, t.state, p.approved_by, p.node_name, p.labels, p.node_id, p.expires_at
    from pairing p left join tenant t on t.tenant_id = p.tenant_id
    where p.pairing_id = id and p.public_key = key
$$;

-- Takes back a pairing that waits; for the node that put it up, and for an operator who declines.
create function drop_pairing(id uuid) returns boolean
    language plpgsql security definer set search_path = fairlead, pg_temp as $$
begin
    delete from pairing where pairing_id = id and tenant_id is null;
    return found;
end $$;

-- Makes the partitions of today and tomorrow and drops those that ended more than a day ago. The
-- partitions have row-level security without a policy and no rights: only the whole table is used.
create function keep_node_samples() returns void
    language plpgsql security definer set search_path = fairlead, pg_temp as $$
declare
    day  date;
    part text;
begin
    perform pg_advisory_xact_lock(hashtext('fairlead.keep_node_samples'));
    foreach day in array array[(now() at time zone 'UTC')::date, (now() at time zone 'UTC')::date + 1] loop
        part := 'node_sample_' || to_char(day, 'YYYYMMDD');
        if to_regclass(part) is null then
            execute format('create table %I partition of node_sample for values from (%L) to (%L)',
                part, day::timestamp at time zone 'UTC', (day + 1)::timestamp at time zone 'UTC');
            execute format('alter table %I enable row level security', part);
            execute format('alter table %I force row level security', part);
        end if;
    end loop;
    for part in
        select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
        where i.inhparent = 'node_sample'::regclass and c.relname ~ '^node_sample_[0-9]{8}$'
          and to_date(right(c.relname, 8), 'YYYYMMDD') < (now() at time zone 'UTC')::date - 1
    loop
        execute format('drop table %I', part);
    end loop;
end $$;

revoke execute on all functions in schema fairlead from public;
grant execute on function
    tenant_by_name, all_tenants, tenants_of_user, delete_tenant, user_by_name, credential_by_hash,
    credential_by_id, forget_expired, node_by_key, end_leftovers_of_hub, redeem_enrolment, open_pairing, find_pairing,
    approve_pairing, pairing_state, drop_pairing, keep_node_samples
    to ${app};

-- Whatever comes later is granted by name too.
alter default privileges in schema fairlead revoke execute on functions from public;
alter default privileges revoke execute on functions from public;

select keep_node_samples();
