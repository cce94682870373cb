--liquibase formatted sql
--changeset dev.outbox:outbox-1 splitStatements:false stripComments:false

-- The outbox table with a json payload and a partition for each day (UTC), for PostgreSQL 15 or newer. A day that has
-- served its time is dropped, which is cheaper than any DELETE. The relay publishes it under the table's own name.
CREATE TABLE IF NOT EXISTS public.outbox (
    id            uuid         NOT NULL,     -- UUID version 7, made by the application
    aggregatetype varchar(255) NOT NULL,     -- routes: topic
    aggregateid   varchar(255) NOT NULL,     -- record key: order per aggregate
    type          varchar(255) NOT NULL,     -- stable event name, for example order.shipped.v1
    payload       json,                      -- stored and relayed as written, byte for byte
    headers       json,                      -- string to string: trace context, tenant, and so on
    occurred_at   timestamptz  NOT NULL,
    xid           xid8         NOT NULL DEFAULT pg_current_xact_id(),  -- lets a lost slot be healed from the table
    PRIMARY KEY (id, occurred_at)            -- a partitioned table's key holds the column that it is divided by
) PARTITION BY RANGE (occurred_at);

-- Takes what has no day's partition: a forgotten call of the function below must not stop the application.
CREATE TABLE IF NOT EXISTS public.outbox_other_days PARTITION OF public.outbox DEFAULT;

-- Makes the partitions of today and of as many days ahead, and drops those that ended as many days ago; NULL keeps all.
-- To be called once a day. Keep more days than the relay may ever be behind: what is dropped can't be healed from.
-- It waits at most two seconds for its locks, then fails and changes nothing: call it again. A day that already has rows
-- in outbox_other_days gets no partition; moving them would publish them twice. They are deleted when their day is.
CREATE OR REPLACE FUNCTION public.outbox_days(days_ahead integer, days_kept integer) RETURNS void
LANGUAGE plpgsql SET timezone = 'UTC' SET datestyle = 'ISO' SET lock_timeout = '2s' AS $function$
DECLARE
    today date := now()::date;
    day date;
    partition_name text;
BEGIN
    -- One call after the other.
    LOCK TABLE ONLY public.outbox IN SHARE UPDATE EXCLUSIVE MODE;
    FOR day IN SELECT today + n FROM generate_series(0, days_ahead) AS n LOOP
        partition_name := 'outbox_' || to_char(day, 'YYYYMMDD');
        CONTINUE WHEN to_regclass('public.' || partition_name) IS NOT NULL;
        IF EXISTS (SELECT FROM public.outbox_other_days WHERE occurred_at >= day AND occurred_at < day + 1) THEN
            RAISE WARNING 'outbox_days: % has rows in outbox_other_days, so it gets no partition', day;
            CONTINUE;
        END IF;
        -- Made apart and attached, so that writers are not locked out.
        EXECUTE format('CREATE TABLE public.%I (LIKE public.outbox INCLUDING DEFAULTS)', partition_name);
        EXECUTE format(
            'ALTER TABLE public.outbox ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
            partition_name, day::timestamptz, (day + 1)::timestamptz);
    END LOOP;

    FOR partition_name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'public.outbox'::regclass AND c.relname ~ '^outbox_[0-9]{8}$'
          AND to_date(right(c.relname, 8), 'YYYYMMDD') < today - days_kept
    LOOP
        EXECUTE format('DROP TABLE public.%I', partition_name);
    END LOOP;
    DELETE FROM public.outbox_other_days WHERE occurred_at < today - days_kept;
END
$function$;

DO $$ BEGIN PERFORM public.outbox_days(7, NULL); END $$;
