-- +goose Up

create table payments ( -- each attempt to pay a request: one checkout
    company_id uuid not null,
    id         uuid not null, -- by which the payment provider's events name it
    request_id uuid not null,
    state      text not null default 'open', -- open, failed, expired, paid, refunded
    amount     bigint not null,
    currency   text not null,
    refunded   bigint not null default 0,
    checkout   text not null default '', -- the provider's id of it
    url        text not null default '', -- where it is paid; empty: not asked for yet
    created_at timestamptz not null,
    expires_at timestamptz not null,
    updated_at timestamptz not null default now(),
    primary key (company_id, id)
);
create unique index payments_by_id on payments (id);
create index payments_by_request on payments (company_id, request_id, created_at desc);

create table uploads ( -- files on their way from a customer's page, in parts
    company_id uuid not null,
    id         uuid not null,
    request_id uuid not null,
    name       text not null,
    size       bigint not null,
    received   bigint not null default 0,
    parts      integer not null default 0,
    media_id   uuid, -- set: it has come whole
    created_at timestamptz not null,
    primary key (company_id, id)
);
create index uploads_by_request on uploads (company_id, request_id);
