package dev.outbox.samples.demo;

/**
 * What the demo is to show.
 *
 * @param transactions how many transactions the writer tries
 * @param crashRelay whether to kill the relay half-way
 * @param keepRunning whether to stay up afterwards
 * @param seed the writer's
 */
record DemoSettings(long transactions, boolean crashRelay, boolean keepRunning, long seed) {}
