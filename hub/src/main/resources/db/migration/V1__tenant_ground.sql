-- The ground that everything stands on. Rules, tested against the catalogue (RowLevelSecurityTest):
--   * every table with tenant_id has row-level security, enabled and forced, for USING and WITH CHECK;
--   * primary, unique and foreign keys begin with tenant_id (the exceptions are named in the test);
--   * the role that serves owns nothing, and gets its rights table by table from protect();
--   * what must look across tenants is a function in V2, and nothing else.

-- Protects one table: only rows of the transaction's tenant are seen or written, by whoever it is, the
-- owner included. Without a tenant there are none.
create function protect(target regclass, rights text) returns void
    language plpgsql set search_path = fairlead, pg_temp as $$
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy tenant on %s '
        'using (tenant_id = nullif(current_setting(''fairlead.tenant'', true), '''')::uuid) '
        'with check (tenant_id = nullif(current_setting(''fairlead.tenant'', true), '''')::uuid)', target);
    if rights <> '' then
        execute format('grant %s on %s to ${app}', rights, target);
    end if;
end $$;

-- Lets the functions of V2, which run as the owner, see all tenants' rows of one table.
create function across(target regclass) returns void
    language plpgsql set search_path = fairlead, pg_temp as $$
begin
    execute format('create policy across on %s to current_user using (true) with check (true)', target);
end $$;

grant usage on schema fairlead to ${app};

create table tenant (
    tenant_id   uuid primary key,
    name        text not null unique check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    state       text not null default 'enabled' check (state in ('enabled', 'disabled')),
    created_at  timestamptz not null default now(),
    disabled_at timestamptz
);
select protect('tenant', 'select, insert, update'), across('tenant');

-- The last numbers given to the tenant's audit and events. Taking one locks the row until the
-- transaction ends: numbers are in commit order, so who follows by number misses none.
create table tenant_counter (
    tenant_id uuid primary key references tenant on delete cascade,
    audit     bigint not null default 0,
    event     bigint not null default 0
);
select protect('tenant_counter', 'select, insert, update');

-- The tenant's data keys, each sealed by the hub's master key.
create table tenant_key (
    tenant_id  uuid not null references tenant on delete cascade,
    version    int not null check (version > 0),
    sealed     bytea not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, version)
);
select protect('tenant_key', 'select, insert');

create table app_user (
    tenant_id   uuid not null references tenant on delete cascade,
    user_id     uuid not null,
    name        text not null check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    password    text not null,
    state       text not null default 'enabled' check (state in ('enabled', 'disabled')),
    created_at  timestamptz not null default now(),
    password_at timestamptz not null default now(),
    primary key (tenant_id, user_id),
    unique (tenant_id, name)
);
select protect('app_user', 'select, insert, update, delete'), across('app_user');

create table sign_in (
    tenant_id  uuid not null,
    sign_in_id uuid not null,
    user_id    uuid not null,
    token_hash bytea not null check (length(token_hash) = 32),
    address    text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    primary key (tenant_id, sign_in_id),
    foreign key (tenant_id, user_id) references app_user on delete cascade
);
create index on sign_in (token_hash);
create index on sign_in (sign_in_id);
create index on sign_in (tenant_id, user_id);
select protect('sign_in', 'select, insert, delete'), across('sign_in');

create table api_token (
    tenant_id    uuid not null,
    api_token_id uuid not null,
    user_id      uuid not null,
    name         text not null check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    token_hash   bytea not null check (length(token_hash) = 32),
    created_at   timestamptz not null default now(),
    expires_at   timestamptz not null,
    last_used_at timestamptz,
    primary key (tenant_id, api_token_id),
    unique (tenant_id, user_id, name),
    foreign key (tenant_id, user_id) references app_user on delete cascade
);
create index on api_token (token_hash);
create index on api_token (api_token_id);
select protect('api_token', 'select, insert, update, delete'), across('api_token');

-- Who may do what in this tenant. The user is the tenant's own, or one of the tenant `system`.
create table user_grant (
    tenant_id      uuid not null references tenant on delete cascade,
    grant_id       uuid not null,
    user_tenant_id uuid not null,
    user_id        uuid not null,
    user_name      text not null,
    role           text not null check (role in ('admin', 'operator', 'viewer')),
    selector       text not null,
    logins         text[] not null,
    created_at     timestamptz not null default now(),
    created_by     text not null,
    primary key (tenant_id, grant_id),
    unique (tenant_id, user_id, role, selector, logins),
    foreign key (user_tenant_id, user_id) references app_user on delete cascade,
    check (user_tenant_id in (tenant_id, '00000000-0000-7000-8000-000000000001'))
);
create index on user_grant (user_tenant_id, user_id);
select protect('user_grant', 'select, insert, delete'), across('user_grant');

-- public_key and every other public key here: tagged with its algorithm, as on the link. link_epoch is the
-- number of the newest link that was admitted: it grows by one UPDATE ... RETURNING and never goes back.
create table node (
    tenant_id     uuid not null references tenant on delete cascade,
    node_id       uuid not null,
    name          text not null check (name ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    public_key    bytea not null,
    state         text not null default 'enrolled' check (state in ('enrolled', 'removed')),
    agent_version text,
    capabilities  jsonb not null default '{}',
    platform      jsonb not null default '{}',
    policy        jsonb,
    link_epoch    bigint not null default 0,
    created_at    timestamptz not null default now(),
    removed_at    timestamptz,
    primary key (tenant_id, node_id),
    check ((state = 'removed') = (removed_at is not null))
);
create unique index node_name on node (tenant_id, name) where removed_at is null;
select protect('node', 'select, insert, update'), across('node');

create table node_key (
    tenant_id  uuid not null,
    node_id    uuid not null,
    public_key bytea not null,
    added_at   timestamptz not null default now(),
    revoked_at timestamptz,
    cause      text,
    primary key (tenant_id, node_id, public_key),
    foreign key (tenant_id, node_id) references node on delete cascade
);
-- A key that serves names one node of the whole hub: the link's handshake knows nothing else.
create unique index node_key_in_use on node_key (public_key) where revoked_at is null;
select protect('node_key', 'select, insert, update'), across('node_key');

create table node_label (
    tenant_id uuid not null,
    node_id   uuid not null,
    key       text not null check (length(key) between 1 and 63),
    value     text not null check (length(value) <= 63),
    primary key (tenant_id, node_id, key),
    foreign key (tenant_id, node_id) references node on delete cascade
);
create index on node_label (tenant_id, key, value, node_id);
select protect('node_label', 'select, insert, update, delete');

-- Which hub has which node's link, fenced by epoch, and the history of it.
create table node_link (
    tenant_id    uuid not null,
    node_id      uuid not null,
    epoch        bigint not null,
    hub          text not null,
    address      text not null,
    connected_at timestamptz not null default now(),
    ended_at     timestamptz,
    reason       text,
    primary key (tenant_id, node_id, epoch),
    foreign key (tenant_id, node_id) references node on delete cascade
);
create index on node_link (tenant_id, hub) where ended_at is null;
select protect('node_link', 'select, insert, update, delete'), across('node_link');

create table enrolment_token (
    tenant_id       uuid not null references tenant on delete cascade,
    token_id        uuid not null,
    secret_hash     bytea not null check (length(secret_hash) = 32),
    max_uses        int not null check (max_uses > 0),
    uses_left       int not null check (uses_left between 0 and max_uses),
    labels          jsonb not null default '{}',
    replace_node_id uuid,
    created_at      timestamptz not null default now(),
    created_by      text not null,
    expires_at      timestamptz not null,
    revoked_at      timestamptz,
    primary key (tenant_id, token_id),
    foreign key (tenant_id, replace_node_id) references node on delete cascade,
    check (replace_node_id is null or max_uses = 1)
);
create index on enrolment_token (secret_hash);
select protect('enrolment_token', 'select, insert, update, delete'), across('enrolment_token');

-- Who used which token: a repeat with the same key gives the same node and costs no use.
create table enrolment_redemption (
    tenant_id  uuid not null,
    token_id   uuid not null,
    public_key bytea not null,
    node_id    uuid not null,
    at         timestamptz not null default now(),
    primary key (tenant_id, token_id, public_key),
    foreign key (tenant_id, token_id) references enrolment_token on delete cascade,
    -- Redeemed first, so that a refusal leaves no node behind; the node follows in the transaction.
    foreign key (tenant_id, node_id) references node on delete cascade deferrable initially deferred
);
select protect('enrolment_redemption', 'select'), across('enrolment_redemption');

-- A node that shows a code. It belongs to no tenant until an operator approves it, so until then
-- only the functions of V2 see it.
create table pairing (
    pairing_id  uuid primary key,
    tenant_id   uuid references tenant on delete cascade,
    code_hash   bytea not null check (length(code_hash) = 32),
    public_key  bytea not null,
    fingerprint text not null,
    about       jsonb not null,
    address     text not null,
    created_at  timestamptz not null default now(),
    expires_at  timestamptz not null,
    approved_at timestamptz,
    approved_by text,
    node_name   text,
    labels      jsonb not null default '{}',
    node_id     uuid,
    foreign key (tenant_id, node_id) references node on delete cascade,
    check ((tenant_id is null) = (approved_at is null))
);
create index on pairing (code_hash);
select protect('pairing', 'select, update, delete'), across('pairing');

-- What heartbeats say, kept for a day; partitions by day are made and dropped by
-- keep_node_samples() and carry no rights of their own. Sizes are bytes, network_* bytes per second, cpu
-- the share of all cores that was busy, 0 to 1, uptime seconds.
create table node_sample (
    tenant_id     uuid not null,
    node_id       uuid not null,
    at            timestamptz not null,
    boot_id       text,
    health        text not null,
    problems      jsonb not null default '[]',
    uptime        bigint,
    cores         int,
    cpu           real,
    load1         real,
    load5         real,
    load15        real,
    memory_total  bigint,
    memory_used   bigint,
    swap_total    bigint,
    swap_used     bigint,
    disk_total    bigint,
    disk_used     bigint,
    disks         jsonb not null default '[]',
    network_in    bigint,
    network_out   bigint,
    primary key (tenant_id, node_id, at),
    foreign key (tenant_id, node_id) references node on delete cascade
) partition by range (at);
select protect('node_sample', 'select, insert');

-- A person's use of a target. It outlives the person, so it keeps the name.
create table session (
    tenant_id      uuid not null references tenant on delete cascade,
    session_id     uuid not null,
    user_tenant_id uuid not null,
    user_id        uuid not null,
    user_name      text not null,
    credential     text not null,
    node_id        uuid not null,
    node_name      text not null,
    kind           text not null,
    login          text,
    target         text,
    address        text not null,
    hub            text,
    started_at     timestamptz not null default now(),
    ended_at       timestamptz,
    bytes_in       bigint not null default 0,
    bytes_out      bigint not null default 0,
    end_reason     text,
    primary key (tenant_id, session_id),
    foreign key (tenant_id, node_id) references node on delete cascade
);
create index on session (tenant_id, started_at);
create index on session (tenant_id, node_id) where ended_at is null;
select protect('session', 'select, insert, update'), across('session');

create table ssh_host_ca (
    tenant_id  uuid not null references tenant on delete cascade,
    version    int not null check (version > 0),
    public_key text not null,
    sealed     bytea not null,
    created_at timestamptz not null default now(),
    primary key (tenant_id, version)
);
select protect('ssh_host_ca', 'select, insert');

-- Append only: the role that serves can neither change nor delete a row.
create table audit_event (
    tenant_id  uuid not null references tenant on delete cascade,
    seq        bigint not null,
    at         timestamptz not null default now(),
    act        text not null,
    who        text not null,
    who_id     text,
    credential text,
    address    text,
    subject    text,
    subject_id text,
    outcome    text not null check (outcome in ('done', 'denied', 'failed')),
    count      int not null default 1 check (count > 0),
    details    jsonb not null default '{}',
    primary key (tenant_id, seq)
);
select protect('audit_event', 'select, insert');

-- What SSE sends, written by the transaction that changes; kept for an hour.
create table event (
    tenant_id uuid not null references tenant on delete cascade,
    seq       bigint not null,
    at        timestamptz not null default now(),
    kind      text not null,
    id        text,
    name      text,
    data      jsonb not null default '{}',
    primary key (tenant_id, seq)
);
create index on event (at);
select protect('event', 'select, insert'), across('event');

create table idempotency (
    tenant_id    uuid not null references tenant on delete cascade,
    principal    uuid not null,
    key          text not null check (length(key) between 1 and 255),
    request_hash bytea not null check (length(request_hash) = 32),
    status       int not null,
    response     text not null,
    created_at   timestamptz not null default now(),
    primary key (tenant_id, principal, key)
);
create index on idempotency (created_at);
select protect('idempotency', 'select, insert'), across('idempotency');

-- The hub's own staff; the name must not be given to a customer.
insert into tenant (tenant_id, name) values ('00000000-0000-7000-8000-000000000001', 'system');
select set_config('fairlead.tenant', '00000000-0000-7000-8000-000000000001', true);
insert into tenant_counter (tenant_id) values ('00000000-0000-7000-8000-000000000001');
