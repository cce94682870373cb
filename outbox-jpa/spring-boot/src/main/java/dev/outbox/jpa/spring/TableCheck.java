package dev.outbox.jpa.spring;

import dev.outbox.OutboxException;
import dev.outbox.jpa.JpaOutbox;
import jakarta.persistence.EntityManagerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;

/** Looks at the outbox table once all beans are there, migrations among them. */
final class TableCheck implements SmartInitializingSingleton {

    private static final Logger log = LoggerFactory.getLogger(TableCheck.class);

    private final OutboxProperties.Validate validate;
    private final JpaOutbox outbox;
    private final EntityManagerFactory factory;

    TableCheck(OutboxProperties.Validate validate, JpaOutbox outbox, EntityManagerFactory factory) {
        this.validate = validate;
        this.outbox = outbox;
        this.factory = factory;
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (validate == OutboxProperties.Validate.NONE) {
            return;
        }
        try {
            outbox.validate(factory);
        } catch (OutboxException e) {
            if (validate == OutboxProperties.Validate.FAIL) {
                throw new OutboxSettingsException(e);
            }
            log.warn("{} (outbox.validate=fail has the application not start, none does not look.)", e.getMessage());
        }
    }
}
