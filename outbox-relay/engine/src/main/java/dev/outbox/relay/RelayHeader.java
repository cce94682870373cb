package dev.outbox.relay;

/**
 * A header of a record.
 *
 * @param name its name
 * @param value its value in UTF-8; shared between records, so nobody changes it
 */
public record RelayHeader(String name, byte[] value) {}
