package dev.outbox.jpa.spring.app;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application as a developer writes it, without a word about the outbox. */
@SpringBootApplication
public class Application {}
