-- What a request of the API needs to be known before it is decided, in one statement: whose the credential is, which
-- tenant it asks about, and what it may there.

-- The sign-in or API token with this hash as credential_by_hash says it, and beside it the tenant of that name or id,
-- where one is named and there is one, and the grants that the user has in it, one a row; at least one row where there
-- is such a credential, none where there is not. That a tenant is told does not mean that the asker may know of it.
create function asking(wanted bytea, about_name text, about_id uuid)
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
                 null::timestamptz as last_used_at
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

-- The tenants that a user has to do with, the own one and those with a grant, with the grants in each, one a row.
create function grants_of_user(home uuid, wanted uuid)
    returns table (tenant_name text, held_grant_id uuid, held_tenant_id uuid, held_user_tenant_id uuid,
                   held_user_id uuid, held_user_name text, held_role text, held_selector text,
                   held_logins text[], held_created_at timestamptz, held_created_by text)
    language sql stable security definer set search_path = fairlead, pg_temp as $$
    select t.name, g.grant_id, g.tenant_id, g.user_tenant_id, g.user_id, g.user_name, g.role, g.selector,
           g.logins, g.created_at, g.created_by
    from (select o.* from tenant o where o.tenant_id = home
          union
          select m.* from tenant m join user_grant e on e.tenant_id = m.tenant_id
          where e.user_tenant_id = home and e.user_id = wanted) t
    left join user_grant g on g.tenant_id = t.tenant_id and g.user_tenant_id = home and g.user_id = wanted
    order by t.name, g.grant_id
$$;

revoke execute on function asking, grants_of_user from public;
grant execute on function asking, grants_of_user to ${app};
