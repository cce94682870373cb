package dev.outbox.relay.server;

import dev.outbox.OutboxHeaders;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.RelayHeader;
import dev.outbox.relay.RelayRecord;
import dev.outbox.relay.server.RecordException.Reason;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidPidMappingException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.InvalidTxnTimeoutException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TransactionalIdAuthorizationException;
import org.jspecify.annotations.Nullable;

/** Kafka's exceptions as sentences for the person on call. Never with a payload. */
public final class KafkaErrors {

    private static final String GRANT_TRANSACTIONAL_ID =
            "Grant the relay's principal WRITE and DESCRIBE on the stream's transactional-id.";

    private KafkaErrors() {}

    /** The brokers can't be reached, or don't let the relay in. */
    public static RelayException unreachable(String bootstrapServers, Exception error) {
        String where = "brokers at " + bootstrapServers;
        if (error instanceof AuthenticationException) {
            return sentence(
                    "The " + where + " refused the relay: " + reason(error)
                            + " Check the security, sasl and ssl properties under kafka.",
                    error);
        }
        if (error instanceof AuthorizationException) {
            return sentence(
                    "The " + where + " don't answer the relay's principal: " + reason(error)
                            + " Grant it DESCRIBE on the cluster.",
                    error);
        }
        return sentence(
                "No answer from the " + where + ": " + reason(error)
                        + " Check bootstrap.servers under kafka, that the brokers run, and that security.protocol is"
                        + " theirs.",
                error);
    }

    /** Something could not be done with a topic. */
    public static RelayException topic(String topic, String verb, String bootstrapServers, Exception error) {
        if (error instanceof TimeoutException) {
            return unreachable(bootstrapServers, error);
        }
        return failure("Can't " + verb + " the topic " + topic + ": " + reason(error), error);
    }

    /** An event could not be delivered; what already is a sentence stays as it is. */
    public static RelayException refused(RelayRecord record, Exception error) {
        if (error instanceof RelayException known) {
            return known;
        }
        if (isShutOut(error)) {
            return shutOut(error);
        }
        return failure(
                "Kafka did not take the event " + id(record) + " for the topic " + record.topic() + ": "
                        + reason(error),
                error);
    }

    /** The stream's position could not be stored; what already is a sentence stays as it is. */
    static RelayException position(String topic, Exception error) {
        if (error instanceof RelayException known) {
            return known;
        }
        return isShutOut(error)
                ? shutOut(error)
                : sentence(
                        "Kafka did not take the stream's position for the topic " + topic + ": " + reason(error) + " "
                                + (error instanceof InvalidTimestampException
                                        ? "Set this machine's clock, or the topic's message.timestamp.type to LogAppendTime."
                                        : advice(error)),
                        error);
    }

    /** The stream's producer can't begin, continue or commit its transactions. */
    static RelayException transaction(Exception error) {
        // The latter is what a commit gets that comes after the brokers' own abort.
        if (isShutOut(error) || isCausedBy(error, InvalidTxnStateException.class)) {
            return shutOut(error);
        }
        if (error instanceof InvalidTxnTimeoutException) {
            return sentence(
                    "The brokers don't allow transactions as long as the stream's: " + reason(error)
                            + " Set transaction.timeout.ms under kafka to their transaction.max.timeout.ms or less.",
                    error);
        }
        return sentence(
                "The stream's Kafka transaction failed: " + reason(error) + " "
                        + (error instanceof AuthorizationException
                                ? advice(error)
                                : "What was not committed is sent again."),
                error);
    }

    /** The producer that wrote the position last can't be shut out. */
    static RelayException fencing(String transactionalId, String bootstrapServers, Exception error) {
        if (error instanceof TimeoutException) {
            return unreachable(bootstrapServers, error);
        }
        return sentence(
                "The position was last written with the transactional-id " + transactionalId
                        + ", and its producer can't be shut out: " + reason(error)
                        + " Grant the relay's principal WRITE on that transactional-id.",
                error);
    }

    /** Whether another producer has begun in the place of this one. */
    private static boolean isShutOut(Throwable error) {
        return isCausedBy(
                error,
                ProducerFencedException.class,
                InvalidProducerEpochException.class,
                InvalidPidMappingException.class);
    }

    private static boolean isCausedBy(Throwable error, Class<?>... kinds) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            for (Class<?> kind : kinds) {
                if (kind.isInstance(cause)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static RelayException shutOut(Exception error) {
        return sentence(
                "The stream's Kafka producer has been shut out: another relay has taken over, or a transaction was open"
                        + " for longer than transaction.timeout.ms, as when brokers are away (" + reason(error)
                        + ") What was not committed is sent again by whoever holds the slot.",
                error);
    }

    /** A dead letter could not be delivered: the stream stops for it as it would without such a topic. */
    static RelayException deadLetterRefused(RelayRecord letter, Exception error) {
        RelayException refused = refused(letter, error);
        return refused instanceof RecordException ? new RelayException(Sentences.words(refused), true, error) : refused;
    }

    /**
     * What a broker says about one record and would say again, whatever the state of the cluster; null for all else:
     * rights, topics that are missing, timeouts, too few replicas, fencing, which are the stream's.
     */
    private static @Nullable Reason reasonOfRecord(Exception error) {
        if (error instanceof RecordTooLargeException || error instanceof RecordBatchTooLargeException) {
            return Reason.SIZE;
        }
        if (error instanceof InvalidTimestampException) {
            return Reason.TIMESTAMP;
        }
        if (error instanceof InvalidTopicException) {
            return Reason.TOPIC;
        }
        return error instanceof InvalidRecordException ? Reason.RECORD : null;
    }

    /**
     * Whether a failure that came earlier names its cause less well: batch mates of a refused record get such a one, and
     * may be told before the record is. What is sent between the two meets a closed producer, and that says no more.
     */
    static boolean saysLess(RelayException earlier, RelayException later) {
        return isGeneric(earlier.getCause()) && !isGeneric(later.getCause());
    }

    private static boolean isGeneric(@Nullable Throwable error) {
        return error instanceof IllegalStateException || (error != null && error.getClass() == KafkaException.class);
    }

    /** A client can't be made of the properties under kafka. */
    static RelayException client(Exception error) {
        return sentence(
                "The Kafka client can't be made: " + reason(error) + " Check the properties under kafka.", error);
    }

    /** The event's id, by which it is found in the outbox table. */
    static String id(RelayRecord record) {
        for (RelayHeader header : record.headers()) {
            if (header.name().equals(OutboxHeaders.ID)) {
                return new String(header.value(), StandardCharsets.UTF_8);
            }
        }
        return "(without id)";
    }

    private static String advice(Exception error) {
        if (error instanceof InvalidTopicException) {
            return "Map its aggregate type to a name of letters, digits, '.', '_' and '-' under routes, and start the"
                    + " relay again.";
        }
        if (error instanceof TransactionalIdAuthorizationException) {
            return GRANT_TRANSACTIONAL_ID;
        }
        if (error instanceof AuthorizationException) {
            return "Grant the relay's principal WRITE, DESCRIBE and DESCRIBE_CONFIGS on the topic, and CREATE where it is"
                    + " to make it.";
        }
        if (error instanceof RecordTooLargeException) {
            return "Raise the topic's max.message.bytes.";
        }
        if (error instanceof InvalidTimestampException) {
            return "Compare the clocks of database and brokers, and the topic's message.timestamp.after.max.ms.";
        }
        if (error instanceof InvalidPartitionsException
                || error instanceof InvalidReplicationFactorException
                || error instanceof InvalidConfigurationException
                || error instanceof PolicyViolationException) {
            return "Set partitions and replication-factor to what the cluster allows, or create the topic yourself.";
        }
        return "The stream goes on by itself when the cause is gone.";
    }

    private static RelayException sentence(String sentence, Exception error) {
        return new RelayException(sentence, true, error);
    }

    /** With advice, and as the record's failure or the stream's. */
    private static RelayException failure(String what, Exception error) {
        Reason reason = reasonOfRecord(error);
        return reason == null
                ? sentence(what + " " + advice(error), error)
                : new RecordException(reason, what, advice(error), error);
    }

    /** Kafka's own words with those of the causes that say more, as a sentence. */
    private static String reason(Throwable error) {
        StringBuilder words = new StringBuilder(Sentences.words(error));
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            String more = Sentences.words(cause);
            if (words.indexOf(more) < 0) {
                words.append(": ").append(more);
            }
        }
        return Sentences.ended(words.toString());
    }
}
