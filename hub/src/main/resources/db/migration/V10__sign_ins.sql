-- What people see of their own sign-ins: by which program, and when last used.

-- In short, such as `Firefox on Linux`: by what the program said of itself.
alter table sign_in add column program text check (length(program) <= 64);
alter table sign_in add column last_used_at timestamptz;
grant update (last_used_at) on sign_in to ${app};

-- As in V2 and V8, with the last use of sign-ins.
create or replace function credential_by_hash(wanted bytea)
    returns table (kind text, credential_id uuid, expires_at timestamptz, tenant_id uuid,
                   tenant_name text, tenant_state text, user_id uuid, user_name text, user_state text,
                   last_used_at timestamptz)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select c.kind, c.credential_id, c.expires_at, t.tenant_id, t.name, t.state, u.user_id, u.name, u.state,
           c.last_used_at
    from (select 'sign-in' as kind, s.sign_in_id as credential_id, s.expires_at, s.tenant_id, s.user_id,
                 s.last_used_at
          from sign_in s where s.token_hash = wanted
          union all
          select 'api-token', a.api_token_id, a.expires_at, a.tenant_id, a.user_id, a.last_used_at
          from api_token a where a.token_hash = wanted) c
    join app_user u on u.tenant_id = c.tenant_id and u.user_id = c.user_id
    join tenant t on t.tenant_id = c.tenant_id
$$;

create or replace function asking(wanted bytea, about_name text, about_id uuid)
    returns table (kind text, credential_id uuid, expires_at timestamptz, tenant_id uuid, tenant_name text,
                   tenant_state text, user_id uuid, user_name text, user_state text, last_used_at timestamptz,
                   about_tenant uuid, about_state text, held_grant_id uuid, held_tenant_id uuid,
                   held_user_tenant_id uuid, held_user_id uuid, held_user_name text, held_role text,
                   held_selector text, held_logins text[], held_created_at timestamptz, held_created_by text)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select c.kind, c.credential_id, c.expires_at, h.tenant_id, h.name, h.state, u.user_id, u.name, u.state,
           c.last_used_at, a.tenant_id, a.state, g.grant_id, g.tenant_id, g.user_tenant_id, g.user_id,
           g.user_name, g.role, g.selector, g.logins, g.created_at, g.created_by
    from (select 'sign-in' as kind, s.sign_in_id as credential_id, s.expires_at, s.tenant_id, s.user_id,
                 s.last_used_at
          from sign_in s where s.token_hash = wanted
          union all
          select 'api-token', t.api_token_id, t.expires_at, t.tenant_id, t.user_id, t.last_used_at
          from api_token t where t.token_hash = wanted) c
    join app_user u on u.tenant_id = c.tenant_id and u.user_id = c.user_id
    join tenant h on h.tenant_id = c.tenant_id
    left join lateral (select * from tenant n where n.name = about_name
                       union all
                       select * from tenant i where i.tenant_id = about_id) a on true
    left join user_grant g on g.tenant_id = a.tenant_id and g.user_tenant_id = c.tenant_id and g.user_id = c.user_id
    order by g.grant_id
$$;
