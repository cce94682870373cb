package dev.outbox;

/** The column types that the payload may have. The relay carries the bytes of each and parses none. */
public enum PayloadType {
    /** {@code json}: stored as written, byte for byte. The default. */
    JSON("json", "application/json"),
    /** {@code jsonb}: stored parsed; consumers see PostgreSQL's own spelling of the same document. */
    JSONB("jsonb", "application/json"),
    /** {@code text}: any text without U+0000. */
    TEXT("text", "text/plain"),
    /** {@code bytea}: any bytes, such as Avro or Protobuf. */
    BYTEA("bytea", "application/octet-stream");

    private final String sqlName;
    private final String contentType;

    PayloadType(String sqlName, String contentType) {
        this.sqlName = sqlName;
        this.contentType = contentType;
    }

    /** The type's name in PostgreSQL. */
    public String sqlName() {
        return sqlName;
    }

    /**
     * The media type that a row of such a column has when it doesn't name another one under
     * {@link OutboxHeaders#CONTENT_TYPE}.
     */
    public String contentType() {
        return contentType;
    }
}
