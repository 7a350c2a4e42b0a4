-- Customers, one row each.
CREATE TABLE IF NOT EXISTS shop.customers (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP
);

CREATE UNIQUE INDEX customers_name ON shop.customers (name);

/* Orders of this year. */
CREATE OR REPLACE VIEW recent_orders AS
SELECT o.id, c.name
FROM orders o
JOIN shop.customers c ON c.id = o.customer_id
WHERE o.created_at > date_trunc('year', now());

CREATE TYPE mood AS ENUM ('sad', 'happy');

CREATE FUNCTION total(customer BIGINT) RETURNS NUMERIC AS $$
    SELECT sum(amount) FROM orders WHERE customer_id = customer;
$$ LANGUAGE sql;

CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION set_updated();

CREATE SCHEMA reports;

ALTER TABLE orders ADD COLUMN note TEXT;

INSERT INTO orders (id, note) VALUES (1, 'first');
