package dev.outbox.jpa.benchmarks;

import com.gruelbox.transactionoutbox.Dialect;
import com.gruelbox.transactionoutbox.Instantiator;
import com.gruelbox.transactionoutbox.Persistor;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** gruelbox transaction-outbox: a call for each event is written down, and made after the commit. */
record TransactionOutboxSide(Application application, TransactionOutbox outbox, HeldTasks deferred) implements Side {

    static Side open(String url) {
        Application application = Application.without(url, Order.class);
        HeldTasks deferred = new HeldTasks();
        AtomicLong sent = new AtomicLong();
        Sender sender = (topic, key, payload) -> sent.addAndGet(payload.length());
        TransactionOutbox outbox = TransactionOutbox.builder()
                .transactionManager(new JoinedTransactions(application.transactionManager(), application.pool()))
                .persistor(Persistor.forDialect(Dialect.POSTGRESQL_9))
                .instantiator(Instantiator.using(type -> sender))
                .submitter((entry, process) -> deferred.execute(() -> process.accept(entry)))
                .build();
        return new TransactionOutboxSide(application, outbox, deferred);
    }

    @Override
    public String name() {
        return "transaction-outbox";
    }

    @Override
    public Rows rows() {
        return Rows.KEPT;
    }

    @Override
    public void transaction(long order, int events) {
        application.change(Order.class, order, loaded -> {
            loaded.ship();
            if (events > 0) {
                Sender sender = outbox.schedule(Sender.class);
                for (int i = 0; i < events; i++) {
                    sender.send(
                            OrderShipped.TYPE,
                            Long.toString(order),
                            OrderShipped.number(i, order).asJson());
                }
            }
        });
    }

    @Override
    public List<String> tables() {
        return List.of("txno_outbox");
    }

    @Override
    public int runDeferred() {
        return deferred.runAll();
    }

    @Override
    public void dropDeferred() {
        deferred.clear();
    }

    @Override
    public void close() {
        application.close();
    }

    /** What is called for each event. */
    interface Sender {

        void send(String topic, String key, String payload);
    }
}
