-- Which directory roles the customers' tenants have.

-- +goose Up
CREATE TABLE role_catalogues (
    customer_id  uuid PRIMARY KEY REFERENCES customers,
    tenant_id    uuid NOT NULL,
    -- NULL before the first time.
    read_at      timestamptz,
    next_read_at timestamptz NOT NULL
);

CREATE TABLE tenant_roles (
    customer_id uuid NOT NULL REFERENCES role_catalogues ON DELETE CASCADE,
    -- The template id of a built-in role.
    role_id     uuid NOT NULL,
    name        text NOT NULL,
    built_in    boolean NOT NULL,
    enabled     boolean NOT NULL,
    PRIMARY KEY (customer_id, role_id)
);
CREATE INDEX tenant_roles_by_role ON tenant_roles (built_in, enabled, role_id, name, customer_id);
