-- How accounts are called at a customer, who decides there, and handles that change.

-- +goose Up
ALTER TABLE customers ADD COLUMN account_name_template TEXT NOT NULL DEFAULT 'hg-{handle}' CHECK (account_name_template <> '');
ALTER TABLE customers ADD COLUMN display_name_template TEXT NOT NULL DEFAULT '{name}' CHECK (display_name_template <> '');

-- A customer without a row here is decided about by everybody who holds the role.
CREATE TABLE customer_approvers (
    customer_id TEXT NOT NULL REFERENCES customers,
    person_id   TEXT REFERENCES people,
    team_id     TEXT REFERENCES teams,
    CONSTRAINT customer_approvers_person_or_team CHECK ((person_id IS NULL) <> (team_id IS NULL))
) STRICT;
CREATE UNIQUE INDEX customer_approvers_people ON customer_approvers (customer_id, person_id) WHERE person_id IS NOT NULL;
CREATE UNIQUE INDEX customer_approvers_teams ON customer_approvers (customer_id, team_id) WHERE team_id IS NOT NULL;
CREATE INDEX customer_approvers_of_team ON customer_approvers (team_id) WHERE team_id IS NOT NULL;

-- Every handle that anybody ever had: accounts are called by them, so that none is given twice.
CREATE TABLE handles (
    handle    TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL REFERENCES people
) STRICT;
INSERT INTO handles (handle, person_id) SELECT handle, id FROM people;

-- +goose StatementBegin
CREATE TRIGGER people_keep_handles AFTER INSERT ON people
BEGIN
    INSERT INTO handles (handle, person_id) VALUES (NEW.handle, NEW.id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER people_keep_changed_handles AFTER UPDATE OF handle ON people WHEN NEW.handle <> OLD.handle
BEGIN
    INSERT INTO handles (handle, person_id) SELECT NEW.handle, NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM handles WHERE handle = NEW.handle AND person_id = NEW.id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handles_are_unchanged BEFORE UPDATE ON handles
BEGIN
    SELECT RAISE(ABORT, 'handles are kept');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handles_are_kept BEFORE DELETE ON handles
BEGIN
    SELECT RAISE(ABORT, 'handles are kept');
END;
-- +goose StatementEnd
