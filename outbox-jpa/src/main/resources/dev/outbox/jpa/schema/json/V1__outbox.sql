--liquibase formatted sql
--changeset dev.outbox:outbox-1 splitStatements:false stripComments:false

-- The outbox table with a json payload, for PostgreSQL 15 or newer. Events are inserted in the business transaction and
-- streamed from the write-ahead log, so the table needs no index beside its key.
CREATE TABLE IF NOT EXISTS public.outbox (
    id            uuid         PRIMARY KEY,  -- UUID version 7, made by the application
    aggregatetype varchar(255) NOT NULL,     -- routes: topic
    aggregateid   varchar(255) NOT NULL,     -- record key: order per aggregate
    type          varchar(255) NOT NULL,     -- stable event name, for example order.shipped.v1
    payload       json,                      -- stored and relayed as written, byte for byte
    headers       json,                      -- string to string: trace context, tenant, and so on
    occurred_at   timestamptz  NOT NULL,
    xid           xid8         NOT NULL DEFAULT pg_current_xact_id()  -- lets a lost slot be healed from the table
);
