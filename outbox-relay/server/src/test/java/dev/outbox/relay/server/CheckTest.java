package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.relay.server.check.CheckCommand;
import dev.outbox.samples.servers.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code outbox-relay check}: each mistake has its line, and what is well has none. */
class CheckTest {

    private final Clinic patient = new Clinic();

    @AfterEach
    void release() {
        patient.release();
    }

    @Test
    void nothing_is_said_against_what_is_well() {
        Clinic.Visit visit = patient.check();

        assertThat(visit.complaints()).as(visit.output()).isEmpty();
        assertThat(visit.exitCode()).isZero();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            DROP TABLE outbox |  | error    table: expected the table public.outbox in {url}, found none of that name. Create it (its DDL is in outbox-core: dev/outbox/outbox.sql), or name the right one.
            ALTER TABLE outbox RENAME TO outboxes |  | error    table: expected the table public.outbox in {url}, found none of that name (did you mean public.outboxes?). Create it (its DDL is in outbox-core: dev/outbox/outbox.sql), or name the right one.
            CREATE SCHEMA sales; ALTER TABLE outbox SET SCHEMA sales |  | error    table: expected the table public.outbox in {url}, found none of that name (did you mean sales.outbox?). Create it (its DDL is in outbox-core: dev/outbox/outbox.sql), or name the right one.
            ALTER TABLE outbox RENAME TO events; CREATE VIEW outbox AS SELECT * FROM events |  | error    table: expected the table public.outbox in {url}, found something of that name that is no table. Create it (its DDL is in outbox-core: dev/outbox/outbox.sql), or name the right one.
            DROP PUBLICATION outbox; ALTER TABLE outbox SET UNLOGGED |  | error    table: expected the table public.outbox to be in the log, found an unlogged one, which no publication can hold. Run ALTER TABLE "public"."outbox" SET LOGGED; && error    publication: expected the publication 'outbox' on {url}, found none of that name. Make it, as the table's owner: CREATE PUBLICATION "outbox" FOR TABLE "public"."outbox" WITH (publish = 'insert', publish_via_partition_root = true);
            ALTER TABLE outbox DROP COLUMN payload |  | error    table: expected a column 'payload' in the table public.outbox, found id, aggregatetype, aggregateid, type, headers, occurred_at, xid. Add it, or name the column that stands for it.
            ALTER TABLE outbox ALTER payload TYPE xml USING null |  | error    table: expected the column 'payload' of the table public.outbox to be bytea or json or jsonb or text or varchar, found xml. Change its type, or name another column.
            ALTER TABLE outbox ALTER headers TYPE text |  | error    table: expected the column 'headers' of the table public.outbox to be json or jsonb, found text. Change its type, or name another column.
            ALTER TABLE outbox ALTER occurred_at TYPE timestamp |  | error    table: expected the column 'occurred_at' of the table public.outbox to be timestamptz, found timestamp. Change its type, or name another column.
            SELECT 1 | columns={ headers: hedaers } | error    table: expected a column 'hedaers' in the table public.outbox, found id, aggregatetype, aggregateid, type, payload, headers, occurred_at, xid. Add it, or name the column that stands for it.
            ALTER TABLE outbox ALTER aggregateid DROP NOT NULL |  | warning  table: expected the column 'aggregateid' of the table public.outbox to be NOT NULL, found that it is not, and a row with NULL is no event. Run ALTER TABLE "public"."outbox" ALTER "aggregateid" SET NOT NULL;
            DROP PUBLICATION outbox |  | error    publication: expected the publication 'outbox' on {url}, found none of that name. Make it, as the table's owner: CREATE PUBLICATION "outbox" FOR TABLE "public"."outbox" WITH (publish = 'insert', publish_via_partition_root = true);
            DROP PUBLICATION outbox; CREATE PUBLICATION realtime_pub FOR TABLE outbox WITH (publish = 'insert') | publication=realtime_db_publications | error    publication: expected the publication 'realtime_db_publications' on {url}, found none of that name (did you mean 'realtime_pub'?). Set publication: realtime_pub; or make it, as the table's owner: CREATE PUBLICATION "realtime_db_publications" FOR TABLE "public"."outbox" WITH (publish = 'insert', publish_via_partition_root = true);
            CREATE PUBLICATION other FOR TABLE outbox WITH (publish = 'insert') | publication=outboks | error    publication: expected the publication 'outboks' on {url}, found none of that name (did you mean 'outbox'?). Set publication: outbox; or make it, as the table's owner: CREATE PUBLICATION "outboks" FOR TABLE "public"."outbox" WITH (publish = 'insert', publish_via_partition_root = true);
            DROP PUBLICATION outbox; CREATE PUBLICATION outbox |  | error    publication: expected the publication 'outbox' to hold the table public.outbox, found it without. Run ALTER PUBLICATION "outbox" ADD TABLE "public"."outbox"; events inserted before that are not relayed. && warning  publication: expected the publication 'outbox' to publish inserts alone, found updates or deletes as well, which are sent for nothing. Run ALTER PUBLICATION "outbox" SET (publish = 'insert');
            ALTER PUBLICATION outbox SET (publish = 'update') |  | error    publication: expected the publication 'outbox' to publish inserts, found that it does not. Run ALTER PUBLICATION "outbox" SET (publish = 'insert');
            ALTER PUBLICATION outbox SET (publish = 'insert, delete') |  | warning  publication: expected the publication 'outbox' to publish inserts alone, found updates or deletes as well, which are sent for nothing. Run ALTER PUBLICATION "outbox" SET (publish = 'insert');
            ALTER PUBLICATION outbox SET TABLE outbox WHERE (type <> 'x') |  | error    publication: expected every row of public.outbox in the publication 'outbox', found a row filter, which would leave events out. Take the WHERE clause away: ALTER PUBLICATION "outbox" SET TABLE "public"."outbox";
            ALTER PUBLICATION outbox SET TABLE outbox (id, aggregatetype, aggregateid, type, payload, headers) |  | error    publication: expected the column 'occurred_at' of public.outbox in the publication 'outbox', found a column list without it. Add it to the list, or take the list away: ALTER PUBLICATION "outbox" SET TABLE "public"."outbox";
            ALTER TABLE outbox DROP COLUMN payload, ADD payload text GENERATED ALWAYS AS ('x') STORED |  | error    publication: expected the column 'payload' of public.outbox in the publication 'outbox', found that it is a generated one, which is not sent. Make it a plain column, which the application fills.
            DROP PUBLICATION outbox; CREATE PUBLICATION outbox FOR ALL TABLES WITH (publish = 'insert') |  | warning  publication: expected the publication 'outbox' to hold the table public.outbox alone, found that it is for all tables, whose rows are sent for nothing. Make one for this table: CREATE PUBLICATION "outbox" FOR TABLE "public"."outbox" WITH (publish = 'insert', publish_via_partition_root = true);
            CREATE TABLE person (); ALTER PUBLICATION outbox ADD TABLE person |  | warning  publication: expected the publication 'outbox' to hold the table public.outbox alone, found others beside, whose rows are sent for nothing: public.person. Run ALTER PUBLICATION "outbox" SET TABLE "public"."outbox";
            DROP TABLE outbox; CREATE TABLE outbox (id uuid NOT NULL, aggregatetype text NOT NULL, aggregateid text NOT NULL, type text NOT NULL, payload json) PARTITION BY HASH (id); CREATE TABLE part PARTITION OF outbox FOR VALUES WITH (MODULUS 1, REMAINDER 0); GRANT SELECT ON outbox TO relay; ALTER PUBLICATION outbox SET TABLE outbox |  | error    publication: expected the publication 'outbox' to publish the partitioned table public.outbox under its own name, found publish_via_partition_root = false. Run ALTER PUBLICATION "outbox" SET (publish_via_partition_root = true);
            SELECT pg_create_physical_replication_slot('{db}') |  | error    slot: expected the slot '{db}' on {url} to be logical, found a physical one. Name another slot.
            SELECT pg_create_logical_replication_slot('{db}', 'test_decoding') |  | error    slot: expected the slot '{db}' on {url} to be of the plugin pgoutput, found test_decoding. Name another slot.
            SELECT pg_create_logical_replication_slot('{db}_', 'pgoutput') |  | warning  slot: expected the slot '{db}' on {url}, found none of that name (did you mean '{db}_'?), and the first start makes one. Set slot: {db}_, or drop that one: SELECT pg_drop_replication_slot('{db}_'); && warning  other slots: expected none that is idle on {url}, found 1, of which '{db}_' keeps 56 bytes of WAL. If nobody comes back for it: SELECT pg_drop_replication_slot('{db}_');
            SELECT pg_create_logical_replication_slot('left_behind', 'pgoutput') |  | warning  other slots: expected none that is idle on {url}, found 1, of which 'left_behind' keeps 56 bytes of WAL. If nobody comes back for it: SELECT pg_drop_replication_slot('left_behind');
            SELECT pg_create_logical_replication_slot('{db}', 'pgoutput', false, false, true) |  | warning  slot: expected synchronized_standby_slots to name the standby's slot, for this is a failover slot, found nothing, so that events can be relayed which a promoted standby never had. Run ALTER SYSTEM SET synchronized_standby_slots = '<the standby's slot>'; SELECT pg_reload_conf();
            REVOKE SELECT ON outbox FROM relay |  | warning  role: expected SELECT on the table public.outbox for role 'relay', found that it has none, so that it can be streamed, and not replayed from. Run GRANT SELECT ON TABLE "public"."outbox" TO "relay";
            CREATE SCHEMA sales; ALTER TABLE outbox SET SCHEMA sales | table=sales.outbox | warning  role: expected USAGE on the schema sales for role 'relay', found that it has none, so that it can be streamed, and not replayed from. Run GRANT USAGE ON SCHEMA "sales" TO "relay";
            ALTER TABLE outbox ENABLE ROW LEVEL SECURITY |  | warning  role: expected every row of the table public.outbox to be seen by role 'relay', found row-level security, so that not all can be replayed. Give it a policy: CREATE POLICY relay ON "public"."outbox" FOR SELECT TO "relay" USING (true);
            CREATE ROLE {db} LOGIN; GRANT SELECT ON outbox TO {db} | username={db} | error    replication connection: expected to connect to {url} as {db}, found role '{db}' may not (permission denied to start WAL sender Detail: Only roles with the REPLICATION attribute may start a WAL sender process). Run ALTER ROLE "{db}" REPLICATION;
            CREATE ROLE {db} LOGIN REPLICATION CONNECTION LIMIT 2; GRANT SELECT ON outbox TO {db} | username={db} | error    role: expected at least 3 connections for role '{db}', found CONNECTION LIMIT 2. Run ALTER ROLE "{db}" CONNECTION LIMIT 10;
            CREATE ROLE {db} LOGIN REPLICATION SUPERUSER | username={db} | warning  role: expected a role with LOGIN and REPLICATION alone, found that role '{db}' is a superuser. Let setup make one.
            CREATE ROLE {db} LOGIN REPLICATION VALID UNTIL '2020-01-01'; GRANT SELECT ON outbox TO {db} | username={db} | warning  role: expected a password of role '{db}' that lasts, found one that is valid until 2020-01-01 00:00:00+00. Run ALTER ROLE "{db}" VALID UNTIL 'infinity';
            CREATE ROLE {db} REPLICATION; GRANT SELECT ON outbox TO {db} | username={db} | error    connection: expected to connect to {url} as {db}, found the server does not let role '{db}' in (role "{db}" is not permitted to log in). Check that the role exists with LOGIN and REPLICATION, and pg_hba.conf. && unknown  database: not looked at: without a connection, neither server nor role, table, publication and slot.
            BEGIN; INSERT INTO outbox VALUES (gen_random_uuid(), 'Örder', '1', 'x', '1', null, now()); COMMIT |  | warning  routes: No topic for aggregate type 'Örder': expected a topic name as Kafka allows it (1 to 249 letters, digits, '.', '_' and '-'), found '{db}.Örder'. Give this aggregate type a topic under routes.
            BEGIN; CREATE TABLE t (); PREPARE TRANSACTION 'forgotten' |  | warning  prepared transactions: expected none that was left behind, found 'forgotten' in {db}, prepared at {*}, for which a new slot waits. In that database: COMMIT PREPARED 'forgotten'; or ROLLBACK PREPARED.
            SELECT 1 | username=ebezium | error    connection: expected to connect to {url} as ebezium, found the server does not let role 'ebezium' in (role "ebezium" does not exist). Check that the role exists with LOGIN and REPLICATION, and pg_hba.conf. && unknown  database: not looked at: without a connection, neither server nor role, table, publication and slot.
            SELECT 1 | url=jdbc:postgresql://localhost:1/{db} | error    connection: expected to connect to jdbc:postgresql://localhost:1/{db} as relay, found no PostgreSQL server that answers (Connection to localhost:1 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections). Check host, port and that the server runs. && unknown  database: not looked at: without a connection, neither server nor role, table, publication and slot.
            SELECT 1 | url={url}s | error    connection: expected to connect to {url}s as relay, found the server has no such database. Check the URL's last part. && unknown  database: not looked at: without a connection, neither server nor role, table, publication and slot.
            REVOKE CONNECT ON DATABASE {db} FROM public |  | error    connection: expected to connect to {url} as relay, found role 'relay' may not (permission denied for database "{db}" Detail: User does not have CONNECT privilege). Run GRANT CONNECT ON DATABASE "{db}" TO "relay"; && unknown  database: not looked at: without a connection, neither server nor role, table, publication and slot.
            """)
    void a_mistake_in_the_database_has_its_line(String sql, @Nullable String settings, String line) {
        patient.execute(sql);
        try {
            assertComplaint(settings, line);
        } finally {
            if (sql.contains("PREPARE TRANSACTION")) {
                patient.execute("ROLLBACK PREPARED 'forgotten'");
            }
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            outbox-relay.{db}.position 2 cleanup.policy=compact | | unknown  position: not looked at: the stored position can't be read. && error    position topic: expected the position topic outbox-relay.{db}.position at {brokers} to have one partition, found 2. Mend the topic, or name another one as position-topic.
            outbox-relay.{db}.position 1 | | unknown  position: not looked at: the stored position can't be read. && error    position topic: expected the position topic outbox-relay.{db}.position at {brokers} to have cleanup.policy=compact, found delete. Mend the topic, or name another one as position-topic.
            {db}.Order 1 min.insync.replicas=2 | routes={ Order: {db}.Order } | error    topic: expected min.insync.replicas of the topic {db}.Order to be 1 at most, for it has so many replicas, found 2, so that no record is ever acknowledged. Run kafka-configs.sh --bootstrap-server {brokers} --alter --entity-type topics --entity-name {db}.Order --add-config min.insync.replicas=1.
            {db}.Order 1 cleanup.policy=compact | routes={ Order: {db}.Order } | warning  topic: expected cleanup.policy=delete of the topic {db}.Order, found compact, so that of an aggregate's events only the last is kept. Run kafka-configs.sh --bootstrap-server {brokers} --alter --entity-type topics --entity-name {db}.Order --add-config cleanup.policy=delete.
            {db}.Order 1 message.timestamp.type=LogAppendTime | routes={ Order: {db}.Order } | warning  topic: expected message.timestamp.type=CreateTime of the topic {db}.Order, found LogAppendTime, so that the time of commit is lost. Run kafka-configs.sh --bootstrap-server {brokers} --alter --entity-type topics --entity-name {db}.Order --add-config message.timestamp.type=CreateTime.
            {db}.Order 3 | routes={ Order: {db}.Order }; partitions=6 | warning  topic: expected 6 partitions of the topic {db}.Order, as configured, found 3. Run kafka-topics.sh --bootstrap-server {brokers} --alter --topic {db}.Order --partitions 6, with the relay stopped and all of it consumed, for keys change their partition.
            {db}.Order 6 | topic={db}.Order; partitions=3 | warning  topic: expected 3 partitions of the topic {db}.Order, as configured, found 6. Set partitions: 6; a topic's partitions can't be made fewer.
            {db}.Order 1 max.message.bytes=2000000; outbox.dead-letter.{db} 1 | on-record-error=dead-letter; topic={db}.Order | warning  dead-letter topic: expected max.message.bytes of the topic outbox.dead-letter.{db} to be 2000000 or more, as an event's topic allows, found 1048588, so that larger dead letters come without their value. Run kafka-configs.sh --bootstrap-server {brokers} --alter --entity-type topics --entity-name outbox.dead-letter.{db} --add-config max.message.bytes=2000000.
            | create-topics=false | error    position topic: expected the topic outbox-relay.{db}.position at {brokers}, with create-topics: false, found none of that name. Run outbox-relay setup, or kafka-topics.sh --bootstrap-server {brokers} --create --topic outbox-relay.{db}.position --partitions 1 --config cleanup.policy=compact.
            outbox-relay.{db}.position 1 cleanup.policy=compact | create-topics=false; topic={db}.Order | error    topic: expected the topic {db}.Order at {brokers}, with create-topics: false, found none of that name. Run outbox-relay setup, or kafka-topics.sh --bootstrap-server {brokers} --create --topic {db}.Order.
            outbox-relay.{db}.position 1 cleanup.policy=compact | create-topics=false; on-record-error=dead-letter | error    dead-letter topic: expected the topic outbox.dead-letter.{db} at {brokers}, with create-topics: false, found none of that name. Run outbox-relay setup, or kafka-topics.sh --bootstrap-server {brokers} --create --topic outbox.dead-letter.{db}.
            | replication-factor=3 | error    position topic: Can't create the topic outbox-relay.{db}.position: {*} Set partitions and replication-factor to what the cluster allows, or create the topic yourself.
            {db}_Order 1 | topic={db}.Order | error    topic: Can't create the topic {db}.Order: Topic '{db}.Order' collides with existing topic: {db}_Order. Map its aggregate type to a name of letters, digits, '.', '_' and '-' under routes, and start the relay again.
            | delivery=exactly-once; kafka={ transaction.timeout.ms: 3600000 } | error    transactions: expected transaction.timeout.ms of 900000 at most, which is the brokers' transaction.max.timeout.ms, found 3600000. Set transaction.timeout.ms under kafka to 900000 or less.
            """)
    void a_mistake_in_the_topics_has_its_line(@Nullable String topics, @Nullable String settings, String line) {
        if (topics != null) {
            for (String topic : topics.split("; ", -1)) {
                patient.topic(topic);
            }
        }
        assertComplaint(settings, line);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            WRITE DESCRIBE DESCRIBE_CONFIGS CREATE | READ WRITE DESCRIBE DESCRIBE_CONFIGS CREATE | error    position topic: expected READ, WRITE, DESCRIBE, DESCRIBE_CONFIGS on the topic outbox-relay.{db}.position for the relay's principal, found that it has no READ. Run kafka-acls.sh --bootstrap-server {sasl} --add --allow-principal User:<the relay's> --operation READ --topic outbox-relay.{db}.position.
            READ WRITE DESCRIBE DESCRIBE_CONFIGS | DESCRIBE DESCRIBE_CONFIGS | error    topic: expected WRITE, DESCRIBE, DESCRIBE_CONFIGS on the topic {db}.Order for the relay's principal, found that it has no WRITE. Run kafka-acls.sh --bootstrap-server {sasl} --add --allow-principal User:<the relay's> --operation WRITE --topic {db}.Order.
            READ WRITE DESCRIBE DESCRIBE_CONFIGS | WRITE DESCRIBE | error    topic: expected WRITE, DESCRIBE, DESCRIBE_CONFIGS on the topic {db}.Order for the relay's principal, found that it has no DESCRIBE_CONFIGS. Run kafka-acls.sh --bootstrap-server {sasl} --add --allow-principal User:<the relay's> --operation DESCRIBE_CONFIGS --topic {db}.Order.
            READ WRITE DESCRIBE DESCRIBE_CONFIGS | | error    topic: expected WRITE, DESCRIBE, DESCRIBE_CONFIGS on the topic {db}.Order for the relay's principal, found that it has no WRITE, DESCRIBE, DESCRIBE_CONFIGS. Run kafka-acls.sh --bootstrap-server {sasl} --add --allow-principal User:<the relay's> --operation WRITE --operation DESCRIBE --operation DESCRIBE_CONFIGS --topic {db}.Order.
            READ WRITE DESCRIBE DESCRIBE_CONFIGS | WRITE DESCRIBE DESCRIBE_CONFIGS | warning  topic: expected READ on the topic {db}.Order for the relay's principal, found that it has none, so that it can't see whether the brokers have ended its transactions there. Run kafka-acls.sh --bootstrap-server {sasl} --add --allow-principal User:<the relay's> --operation READ --topic {db}.Order.
            """)
    void a_missing_right_has_its_line(String onPosition, @Nullable String onTopics, String line) {
        patient.topic("outbox-relay.{db}.position 1 cleanup.policy=compact").topic("{db}.Order 1");
        patient.withRights("CLUSTER kafka-cluster DESCRIBE", "TRANSACTIONAL_ID outbox-relay-{db} WRITE");
        for (String right : onPosition.split(" ", -1)) {
            patient.withRights("TOPIC outbox-relay.{db}. " + right);
        }
        if (onTopics != null) {
            for (String right : onTopics.split(" ", -1)) {
                patient.withRights("TOPIC {db}. " + right);
            }
        }
        assertComplaint("topic={db}.Order; delivery=exactly-once", line);
    }

    @Test
    void rights_that_suffice_are_not_objected_to() {
        patient.topic("{db}.Order 1").set("topic", "{db}.Order").set("delivery", "exactly-once");
        patient.withRights("CLUSTER kafka-cluster DESCRIBE", "TRANSACTIONAL_ID outbox-relay-{db} WRITE");
        for (String right : List.of("READ", "WRITE", "DESCRIBE", "DESCRIBE_CONFIGS", "CREATE")) {
            patient.withRights("TOPIC outbox-relay.{db}. " + right, "TOPIC {db}. " + right);
        }

        Clinic.Visit visit = patient.check();

        assertThat(visit.complaints()).as(visit.output()).isEmpty();
    }

    @Test
    void a_right_to_make_what_is_missing_has_its_line() {
        patient.withRights(
                "CLUSTER kafka-cluster DESCRIBE", "TOPIC outbox-relay.{db}. DESCRIBE", "TOPIC outbox-relay.{db}. READ");

        assertComplaint(
                null,
                "error    position topic: expected CREATE on the topic outbox-relay.{db}.position, which is not there, for the relay's principal, found that it has none. Run kafka-acls.sh --bootstrap-server {sasl} --add --allow-principal User:<the relay's> --operation CREATE --topic outbox-relay.{db}.position.");
    }

    @Test
    void a_transactional_id_without_rights_has_its_line() {
        patient.withRights(
                "CLUSTER kafka-cluster DESCRIBE", "CLUSTER kafka-cluster CREATE", "TOPIC outbox-relay.{db}. DESCRIBE");

        assertComplaint(
                "delivery=exactly-once",
                "error    transactions: expected WRITE and DESCRIBE on the transactional-id outbox-relay-{db} for the relay's principal, found that it may not describe it. Run kafka-acls.sh --bootstrap-server {sasl} --add --allow-principal User:<the relay's> --operation WRITE --operation DESCRIBE --transactional-id outbox-relay-{db}.");
    }

    @Test
    void brokers_that_let_nobody_in_have_their_line_and_the_database_its_own() {
        patient.withPassword("wrong-secret");
        patient.execute("DROP PUBLICATION outbox");

        assertComplaint(
                null,
                "error    publication: expected the publication 'outbox' on {url}, found none of that name. Make it, as the table's owner: CREATE PUBLICATION \"outbox\" FOR TABLE \"public\".\"outbox\" WITH (publish = 'insert', publish_via_partition_root = true); && unknown  position: not looked at: the stored position can't be read. && error    brokers: The brokers at {sasl} refused the relay: Authentication failed: Invalid username or password. Check the security, sasl and ssl properties under kafka. && unknown  topics: not looked at: without the brokers, neither topics nor rights and clocks.");
    }

    @Test
    void brokers_that_do_not_answer_have_their_line() {
        patient.set("kafka", "{ bootstrap.servers: 'localhost:1' }");

        assertComplaint(
                null,
                "unknown  position: not looked at: the stored position can't be read. && error    brokers: No answer from the brokers at localhost:1: {*} Check bootstrap.servers under kafka, that the brokers run, and that security.protocol is theirs. && unknown  topics: not looked at: without the brokers, neither topics nor rights and clocks.");
    }

    @Test
    void both_mistakes_of_an_installation_are_named_each_in_one_line() {
        patient.execute("DROP PUBLICATION outbox; CREATE PUBLICATION realtime_pub FOR TABLE outbox");
        patient.set("username", "ebezium").set("publication", "realtime_db_publications");

        assertThat(patient.check().complaints())
                .first()
                .asString()
                .contains("error    connection: expected to connect to", "role \"ebezium\" does not exist");

        patient.set("username", "relay");
        assertThat(patient.check().complaints())
                .first()
                .asString()
                .startsWith("error    publication: expected the publication 'realtime_db_publications' on ")
                .contains("found none of that name (did you mean 'realtime_pub'?). Set publication: realtime_pub; or ");
    }

    @Test
    void somebody_who_may_sees_why_a_role_is_not_let_in() {
        try (PostgresServer server = PostgresServer.start()) {
            server.execute("postgres", "ALTER ROLE postgres PASSWORD 'postgres'");
            server.execute("postgres", "CREATE ROLE debezium LOGIN REPLICATION PASSWORD 'x'");
            server.execute("postgres", "CREATE ROLE readers");
            server.execute("postgres", "CREATE ROLE late LOGIN PASSWORD 'x' VALID UNTIL '2020-01-01'");
            server.requirePasswords();
            String where = " to " + server.url("postgres") + ", found ";
            patient.set("url", server.url("postgres")).set("password", "x");
            for (String[] role : new String[][] {
                {
                    "ebezium",
                    "none of that name (did you mean 'debezium'?). Set username: debezium; or let setup make it."
                },
                {"readers", "one that may not. Run ALTER ROLE \"readers\" LOGIN REPLICATION;"},
                {
                    "late",
                    "one whose password was valid until 2020-01-01 00:00:00+00. Run ALTER ROLE \"late\" VALID UNTIL 'infinity';"
                },
            }) {
                patient.set("username", role[0]);

                assertThat(patient.check("--admin-user", "postgres").complaints())
                        .first()
                        .isEqualTo(
                                "error    role: expected a role '" + role[0] + "' that may log in" + where + role[1]);
            }
        }
    }

    @Test
    void a_refused_password_has_its_line_which_does_not_repeat_it() {
        try (PostgresServer server = PostgresServer.start()) {
            server.execute("postgres", "CREATE ROLE relay LOGIN REPLICATION PASSWORD 'right'");
            server.requirePasswords();
            patient.set("url", server.url("postgres")).set("password", "wrong-secret");

            assertThat(patient.check().output())
                    .contains(
                            "error    connection: expected to connect to " + server.url("postgres") + " as relay, found"
                                    + " the server refused the password of role 'relay', which it also says of a role that"
                                    + " doesn't exist. Check username and password; ")
                    .doesNotContain("wrong-secret");

            patient.set("password", "");
            assertThat(patient.check().complaints())
                    .first()
                    .asString()
                    .endsWith("the password is an empty string). Check password, and sslmode under connection.");

            patient.set("password", "right").set("connection", "{ sslmode: require }");
            assertThat(patient.check().complaints())
                    .first()
                    .asString()
                    .contains("The server does not support SSL")
                    .endsWith("Check password, and sslmode under connection.");
        }
    }

    @Test
    void a_server_that_is_not_set_up_for_it_has_a_line_for_each_setting() throws SQLException {
        Map<String, String> settings = Map.of(
                "wal_level", "replica",
                "max_replication_slots", "1",
                "max_wal_senders", "1",
                "idle_replication_slot_timeout", "1h");
        try (PostgresServer server = PostgresServer.start(settings)) {
            Clinic.makeHealthy(server, "postgres");
            server.execute("postgres", "SELECT pg_create_physical_replication_slot('standby', true)");
            patient.set("url", server.url("postgres"));

            String where = " on " + server.url("postgres");
            assertComplaint(
                    null,
                    String.join(
                            " && ",
                            "error    wal_level: expected wal_level=logical" + where + ", found wal_level=replica. Run"
                                    + " ALTER SYSTEM SET wal_level = 'logical'; and restart the server.",
                            "error    replication slots: expected one that is free" + where + ", found 1 of"
                                    + " max_replication_slots=1 in use. Drop one that nobody needs, or run ALTER SYSTEM"
                                    + " SET max_replication_slots = 2; and restart the server.",
                            "warning  max_slot_wal_keep_size: expected a limit to the WAL that slots keep" + where
                                    + ", found none, so that a relay which is away for long fills the disk. Run ALTER"
                                    + " SYSTEM SET max_slot_wal_keep_size = '50GB'; SELECT pg_reload_conf(); with a size"
                                    + " that the disk has room for.",
                            "warning  idle_replication_slot_timeout: expected no limit to the time that a slot may be"
                                    + " idle" + where + ", found 1h, after which the slot of a relay that is stopped is"
                                    + " invalid. Run ALTER SYSTEM SET idle_replication_slot_timeout = 0; SELECT"
                                    + " pg_reload_conf();",
                            "warning  other slots: expected none that is idle" + where + ", found 1, of which 'standby'"
                                    + " keeps {*} of WAL. If nobody comes back for it: SELECT"
                                    + " pg_drop_replication_slot('standby');"));

            Properties replication = new Properties();
            replication.putAll(Map.of(
                    "user",
                    "relay",
                    "replication",
                    "database",
                    "preferQueryMode",
                    "simple",
                    "assumeMinServerVersion",
                    "15"));
            try (Connection sender = DriverManager.getConnection(server.url("postgres"), replication)) {
                assertThat(sender.isClosed()).isFalse();
                assertThat(patient.check().complaints())
                        .anyMatch(line -> line.startsWith("error    replication connection: expected to connect to")
                                && line.contains("the server has no connection left"))
                        .contains("error    wal senders: expected one that is free" + where + ", found 1 of"
                                + " max_wal_senders=1 in use. Drop one that nobody needs, or run ALTER SYSTEM SET"
                                + " max_wal_senders = 2; and restart the server.");
            }
        }
    }

    @Test
    void a_standby_is_told_apart_and_what_can_not_be_made_there() {
        try (PostgresServer primary = PostgresServer.start();
                PostgresServer standby = PostgresServer.standbyOf(primary, Map.of("max_slot_wal_keep_size", "10GB"))) {
            Clinic.makeHealthy(primary, "postgres");
            patient.set("url", standby.url("postgres"));
            await().until(() -> patient.check().complaints().isEmpty());
            standby.execute("postgres", "ALTER SYSTEM SET hot_standby_feedback = off");
            standby.execute("postgres", "SELECT pg_reload_conf()");
            patient.set("publication", "realtime_db_publications");

            assertThat(patient.check().complaints())
                    .contains(
                            "error    publication: expected the publication 'realtime_db_publications' on "
                                    + standby.url("postgres")
                                    + ", found none of that name (did you mean 'outbox'?). Set"
                                    + " publication: outbox; or make it on the primary, for a standby can't: CREATE"
                                    + " PUBLICATION \"realtime_db_publications\" FOR TABLE \"public\".\"outbox\" WITH"
                                    + " (publish = 'insert', publish_via_partition_root = true);",
                            "warning  hot_standby_feedback: expected hot_standby_feedback=on, and a primary_slot_name, on"
                                    + " a standby that a slot is on, found off, so that the primary's vacuum invalidates"
                                    + " the slot. Run ALTER SYSTEM SET hot_standby_feedback = on; SELECT pg_reload_conf();"
                                    + " on the standby.");
        }
    }

    @Test
    void a_relay_that_runs_is_left_alone_and_has_nothing_against_it() {
        try (RunningStream relay = new RunningStream(patient.yaml())) {
            StreamTest.awaitRelaying(relay);
            patient.insert("1");
            patient.awaitConfirmed();
            String pid = patient.query("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '{db}'");

            Clinic.Visit visit = patient.check();

            assertThat(visit.complaints()).as(visit.output()).isEmpty();
            assertThat(visit.output())
                    .contains(
                            "  ok       slot: '" + patient.name + "' of pgoutput, confirmed at ",
                            "held by PID " + pid + " (outbox-relay");
            assertThat(patient.query("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '{db}'"))
                    .isEqualTo(pid);
            patient.insert("2");
            patient.awaitConfirmed();
            assertThat(relay.stop()).as(relay.log()::toString).isTrue();
        }
        assertThat(patient.check().output()).contains("  ok       position: 1:", ", goes on behind ");

        patient.release();
        assertThat(patient.check().complaints())
                .singleElement()
                .asString()
                .startsWith("error    slot: expected the slot '" + patient.name + "' on ")
                .contains(
                        "found that it is gone: a new one would skip what committed since. Look at the gap, and accept"
                                + " it: outbox-relay adopt --config ")
                .endsWith(" --stream " + patient.name + " --accept-gap.");

        patient.execute("SELECT pg_create_logical_replication_slot('{db}', 'pgoutput')");
        assertThat(patient.check().complaints())
                .singleElement()
                .asString()
                .startsWith("error    position: expected the slot '" + patient.name + "' on ")
                .contains(
                        "somebody else has moved it or made it anew.",
                        "Look at the gap, and accept it: outbox-relay adopt");
    }

    @Test
    void what_keeps_one_stream_from_being_looked_at_says_nothing_of_another() {
        String yaml = patient.yaml() + """
                    broken:
                      url: jdbc:postgresql://localhost:1/nowhere
                      username: relay
                """;

        Clinic.Visit visit =
                Clinic.run(new CheckCommand(), "--config", Shop.write(yaml).toString());

        assertThat(visit.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(visit.output().lines().filter(line -> !line.startsWith("  ok")))
                .satisfiesExactly(
                        line -> assertThat(line).isEqualTo("Stream broken"),
                        line -> assertThat(line).startsWith("  error    connection: "),
                        line -> assertThat(line).startsWith("  unknown  database: "),
                        line -> assertThat(line).isEqualTo("  1 error, 1 not looked at, 3 ok"),
                        line -> assertThat(line).isEqualTo("Stream " + patient.name),
                        line -> assertThat(line).isEqualTo("  17 ok"));
        assertThat(patient.check("--stream", patient.name).exitCode()).isZero();
        assertThat(patient.check("--stream", "none").output().strip())
                .isEqualTo("--stream: expected one of " + patient.name + ", found 'none'.");
    }

    @Test
    void a_position_that_is_none_has_its_line() {
        patient.topic("outbox-relay.{db}.position 1 cleanup.policy=compact");
        Clinic.send(new ProducerRecord<>("outbox-relay." + patient.name + ".position", new byte[] {1}, new byte[] {2}));

        assertThat(patient.check().complaints())
                .contains("error    position topic: The position can't be read from offset 0 of the topic outbox-relay."
                        + patient.name
                        + ".position. Expected a position record, a JSON object as outbox-relay writes it,"
                        + " found something else.");
    }

    @Test
    void clocks_that_differ_have_their_lines() {
        InstantSource behind = InstantSource.offset(InstantSource.system(), Duration.ofHours(-2));

        assertThat(patient.check(behind).complaints())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .matches("warning {2}database clock: expected the clock of "
                                        + Pattern.quote(Clinic.POSTGRES.url(patient.name))
                                        + " to be that of this machine, found it 7[12]\\d\\d s ahead\\. Let both follow the"
                                        + " same time \\(NTP\\)\\."),
                        line -> assertThat(line)
                                .matches(
                                        "warning {2}brokers' clock: expected the clock of the brokers to be that of this"
                                                + " machine, found it 7[12]\\d\\d s ahead\\. Let both follow the same time"
                                                + " \\(NTP\\)\\."));
    }

    @Test
    void json_says_the_same() {
        patient.execute("DROP PUBLICATION outbox");

        Clinic.Visit visit = patient.check("--json");

        assertThat(visit.exitCode()).isEqualTo(ExitCode.ERRORS);
        assertThat(visit.output())
                .startsWith(
                        "{\"streams\":[{\"name\":\"" + patient.name + "\",\"findings\":[{\"level\":\"ok\",\"subject\":")
                .contains(
                        patient.filled("{\"level\":\"error\",\"subject\":\"publication\",\"expected\":\"the publication"
                                + " 'outbox' on {url}\",\"found\":\"none of that name\",\"mend\":\"Make it, as the table's owner:"
                                + " CREATE PUBLICATION \\\"outbox\\\" FOR TABLE"))
                .endsWith("]}]}" + System.lineSeparator());
    }

    @Test
    void nothing_but_the_answer_is_printed_and_nothing_is_logged_where_it_goes() {
        patient.set("kafka", "{ bootstrap.servers: 'localhost:1' }");
        try (RelayProcess check = RelayProcess.start(
                "check", "--config", Shop.write(patient.yaml()).toString())) {
            assertThat(check.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(check.output().lines()).allMatch(line -> line.startsWith("Stream ") || line.startsWith("  "));
        }
    }

    /** Several lines are separated by two ampersands; {@code {*}} stands for anything. */
    private void assertComplaint(@Nullable String settings, String lines) {
        if (settings != null) {
            patient.set(settings);
        }
        Clinic.Visit visit = patient.check();

        List<Pattern> expected = Stream.of(lines.split(" && ", -1))
                .map(line -> Pattern.compile(Pattern.quote(patient.filled(line)).replace("{*}", "\\E.*\\Q")))
                .toList();
        assertThat(visit.complaints()).as(visit.output()).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(visit.complaints().get(i)).matches(expected.get(i));
        }
        assertThat(visit.exitCode())
                .isEqualTo(
                        lines.contains("unknown ")
                                ? ExitCode.FAILED
                                : lines.contains("error ") ? ExitCode.ERRORS : ExitCode.OK);
    }
}
