-- The outbox table of Outbox, for PostgreSQL 15 or newer. Events are inserted in the business transaction and streamed
-- from the write-ahead log, so the table needs no index beside its key.
CREATE TABLE public.outbox (
    id            uuid         PRIMARY KEY,  -- UUID version 7, made by the application
    aggregatetype varchar(255) NOT NULL,     -- routes: topic
    aggregateid   varchar(255) NOT NULL,     -- record key: order per aggregate
    type          varchar(255) NOT NULL,     -- stable event name, for example order.shipped.v1
    payload       json,                      -- or jsonb, text, bytea: the relay carries the bytes
    headers       json,                      -- string to string: trace context, tenant, …
    occurred_at   timestamptz  NOT NULL,
    xid           xid8         NOT NULL DEFAULT pg_current_xact_id()  -- lets a lost slot be healed from the table
);
