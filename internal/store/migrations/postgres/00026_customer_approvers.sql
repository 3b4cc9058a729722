-- How accounts are called at a customer, who decides there, and handles that change.

-- +goose Up
ALTER TABLE customers ADD COLUMN account_name_template text NOT NULL DEFAULT 'hg-{handle}' CHECK (account_name_template <> '');
ALTER TABLE customers ADD COLUMN display_name_template text NOT NULL DEFAULT '{name}' CHECK (display_name_template <> '');

-- A customer without a row here is decided about by everybody who holds the role.
CREATE TABLE customer_approvers (
    customer_id uuid NOT NULL REFERENCES customers,
    person_id   uuid REFERENCES people,
    team_id     uuid REFERENCES teams,
    CONSTRAINT customer_approvers_person_or_team CHECK ((person_id IS NULL) <> (team_id IS NULL))
);
CREATE UNIQUE INDEX customer_approvers_people ON customer_approvers (customer_id, person_id) WHERE person_id IS NOT NULL;
CREATE UNIQUE INDEX customer_approvers_teams ON customer_approvers (customer_id, team_id) WHERE team_id IS NOT NULL;
CREATE INDEX customer_approvers_of_team ON customer_approvers (team_id) WHERE team_id IS NOT NULL;

-- Every handle that anybody ever had: accounts are called by them, so that none is given twice.
CREATE TABLE handles (
    handle    text PRIMARY KEY,
    person_id uuid NOT NULL REFERENCES people
);
INSERT INTO handles (handle, person_id) SELECT handle, id FROM people;

-- +goose StatementBegin
CREATE FUNCTION hourglass_keep_handle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM handles WHERE handle = NEW.handle AND person_id = NEW.id) THEN
        INSERT INTO handles (handle, person_id) VALUES (NEW.handle, NEW.id);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER people_keep_handles AFTER INSERT OR UPDATE OF handle ON people
    FOR EACH ROW EXECUTE FUNCTION hourglass_keep_handle();
CREATE TRIGGER handles_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON handles
    FOR EACH STATEMENT EXECUTE FUNCTION hourglass_refuse('handles are kept');
