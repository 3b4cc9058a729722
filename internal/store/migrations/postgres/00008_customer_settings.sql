-- Customers are listed in pages by name, and their settings change.

-- +goose Up
-- The name in lower case, as Go writes it: the databases fold and collate differently.
ALTER TABLE customers ADD COLUMN sort_name text COLLATE "C" NOT NULL DEFAULT '';
UPDATE customers SET sort_name = lower(name);
CREATE INDEX customers_by_name ON customers (sort_name, id);
-- Counts the changes of the settings, so that each has an audit record of its own.
ALTER TABLE customers ADD COLUMN revision bigint NOT NULL DEFAULT 1;
