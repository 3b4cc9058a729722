-- Customers leave: every account that was made there is switched off and proven off.

-- +goose Up
-- A removed customer is in no list any more. Its grants and records stay.
ALTER TABLE customers ADD COLUMN removed_at timestamptz;

CREATE TABLE departures (
    id               uuid PRIMARY KEY,
    customer_id      uuid NOT NULL REFERENCES customers,
    -- Where its accounts are; NULL where the customer had no tenant.
    tenant_id        uuid,
    person_id        uuid NOT NULL REFERENCES people,
    removes          boolean NOT NULL,
    deletes_accounts boolean NOT NULL,
    begun_at         timestamptz NOT NULL,
    ended_at         timestamptz,
    -- Who acknowledged that accounts may still be on.
    abandoned_by     uuid REFERENCES people,
    CONSTRAINT departures_abandoned_at_the_end CHECK (abandoned_by IS NULL OR ended_at IS NOT NULL)
);
CREATE UNIQUE INDEX departures_one_open ON departures (customer_id) WHERE ended_at IS NULL;
CREATE INDEX departures_open ON departures (begun_at) WHERE ended_at IS NULL;
CREATE INDEX departures_of_customer ON departures (customer_id, begun_at);

CREATE TABLE departure_accounts (
    departure_id uuid NOT NULL REFERENCES departures,
    account_id   uuid NOT NULL,
    tried_at     timestamptz,
    -- The kind of what went wrong at the last try.
    failure      text,
    proof        jsonb,
    deletion     text CHECK (deletion IN ('deleted', 'refused')),
    PRIMARY KEY (departure_id, account_id),
    CONSTRAINT departure_accounts_off_before_deletion CHECK (deletion IS NULL OR proof IS NOT NULL)
);

-- proof-of-off
-- +goose StatementBegin
CREATE FUNCTION hourglass_departure_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.ended_at IS NOT NULL AND NEW.abandoned_by IS NULL AND EXISTS (
        SELECT FROM departure_accounts WHERE departure_id = NEW.id AND proof IS NULL
    ) THEN
        RAISE EXCEPTION 'a departure ends with every account proven off' USING ERRCODE = 'HG001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER departures_end_proven BEFORE UPDATE OF ended_at ON departures
    FOR EACH ROW EXECUTE FUNCTION hourglass_departure_end();
