-- Views of the nodes that people have given names: what is searched for, and which columns are shown. The hub keeps
-- them for the console and does not look into them.
create table node_view (
    tenant_id      uuid not null references tenant on delete cascade,
    view_id        uuid not null,
    user_tenant_id uuid not null,
    user_id        uuid not null,
    name           text not null check (length(name) between 1 and 60),
    search         jsonb not null,
    columns        text[] not null,
    primary key (tenant_id, view_id),
    unique (tenant_id, user_id, name),
    foreign key (user_tenant_id, user_id) references app_user on delete cascade,
    check (user_tenant_id in (tenant_id, '00000000-0000-7000-8000-000000000001'))
);
create index on node_view (user_tenant_id, user_id);
select protect('node_view', 'select, insert, update, delete');
