-- What may happen to a grant and to its data key, whoever writes.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER grants_begin_requested BEFORE INSERT ON grants
WHEN NEW.state <> 'requested'
BEGIN SELECT RAISE(ABORT, 'a grant begins as requested'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grants_stay_ended BEFORE UPDATE ON grants
WHEN OLD.state = 'ended'
BEGIN SELECT RAISE(ABORT, 'an ended grant cannot be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grants_step BEFORE UPDATE ON grants
WHEN NEW.state <> OLD.state AND NOT EXISTS (
    SELECT 1 FROM grant_transitions WHERE from_state = OLD.state AND to_state = NEW.state)
BEGIN SELECT RAISE(ABORT, 'illegal grant transition'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grants_end_without_data_key BEFORE UPDATE ON grants
WHEN NEW.state = 'ended' AND EXISTS (
    SELECT 1 FROM data_keys WHERE grant_id = NEW.id AND wrapped IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a grant ends with its data key destroyed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grants_terms_are_fixed BEFORE UPDATE OF
    id, person_id, customer_id, account_id, idempotency_key, fingerprint,
    profile_id, profile_name, roles, credential, lifetime_seconds, maximum_seconds,
    approval_required, reason, ticket, requested_at ON grants
BEGIN SELECT RAISE(ABORT, 'the terms of a grant cannot be changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grants_are_kept BEFORE DELETE ON grants
BEGIN SELECT RAISE(ABORT, 'grants are kept'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER data_keys_stay_destroyed BEFORE UPDATE ON data_keys
WHEN OLD.destroyed_at IS NOT NULL
BEGIN SELECT RAISE(ABORT, 'a destroyed data key stays destroyed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER data_keys_are_kept BEFORE DELETE ON data_keys
BEGIN SELECT RAISE(ABORT, 'data keys are destroyed, not deleted'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grant_transitions_take_no_more BEFORE INSERT ON grant_transitions
BEGIN SELECT RAISE(ABORT, 'the table of transitions is fixed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grant_transitions_are_fixed BEFORE UPDATE ON grant_transitions
BEGIN SELECT RAISE(ABORT, 'the table of transitions is fixed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grant_transitions_are_kept BEFORE DELETE ON grant_transitions
BEGIN SELECT RAISE(ABORT, 'the table of transitions is fixed'); END;
-- +goose StatementEnd
