package dev.outbox.jpa.benchmarks;

import java.util.List;

/** The business transaction alone. There are two of it: how far they differ is how far nothing can be told. */
record NoEvents(Application application, String name) implements Side {

    static Side open(String url, String name) {
        return new NoEvents(Application.without(url, Order.class), name);
    }

    @Override
    public Rows rows() {
        return Rows.NONE;
    }

    @Override
    public void transaction(long order, int events) {
        application.change(Order.class, order, Order::ship);
    }

    @Override
    public List<String> tables() {
        return List.of();
    }

    @Override
    public void close() {
        application.close();
    }
}
