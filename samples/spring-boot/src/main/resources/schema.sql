CREATE TABLE IF NOT EXISTS orders (
    id       uuid    PRIMARY KEY,
    customer text    NOT NULL,
    quantity integer NOT NULL,
    status   text    NOT NULL
);
