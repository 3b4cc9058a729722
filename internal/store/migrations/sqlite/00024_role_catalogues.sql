-- Which directory roles the customers' tenants have.

-- +goose Up
CREATE TABLE role_catalogues (
    customer_id  TEXT PRIMARY KEY NOT NULL REFERENCES customers,
    tenant_id    TEXT NOT NULL,
    -- NULL before the first time.
    read_at      TEXT,
    next_read_at TEXT NOT NULL
) STRICT;

CREATE TABLE tenant_roles (
    customer_id TEXT NOT NULL REFERENCES role_catalogues ON DELETE CASCADE,
    -- The template id of a built-in role.
    role_id     TEXT NOT NULL,
    name        TEXT NOT NULL,
    built_in    INTEGER NOT NULL CHECK (built_in IN (0, 1)),
    enabled     INTEGER NOT NULL CHECK (enabled IN (0, 1)),
    PRIMARY KEY (customer_id, role_id)
) STRICT;
CREATE INDEX tenant_roles_by_role ON tenant_roles (built_in, enabled, role_id, name, customer_id);
