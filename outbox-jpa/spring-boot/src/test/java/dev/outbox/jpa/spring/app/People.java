package dev.outbox.jpa.spring.app;

import java.util.UUID;
import org.springframework.data.jpa.repository.JpaRepository;

public interface People extends JpaRepository<Person, UUID> {}
