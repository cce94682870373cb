--liquibase formatted sql
--changeset dev.outbox:inbox-1 splitStatements:false stripComments:false

-- Which events a consumer has processed, in the consumer's own database, for PostgreSQL 15 or newer.
CREATE TABLE IF NOT EXISTS public.inbox (
    consumer    varchar(255) NOT NULL,                -- who processed it, for example a consumer group
    event_id    uuid         NOT NULL,                -- the record's header id
    received_at timestamptz  NOT NULL DEFAULT now(),  -- lets old entries expire
    PRIMARY KEY (consumer, event_id)
);
CREATE INDEX IF NOT EXISTS inbox_received_at ON public.inbox (received_at);
