-- What may happen to a grant and to its data key, whoever writes.
-- SQLSTATE HG001 is a refusal by one of these triggers.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION hourglass_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'HG001';
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION hourglass_grant_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'ended' THEN
        RAISE EXCEPTION 'an ended grant cannot be changed' USING ERRCODE = 'HG001';
    END IF;
    IF NEW.state <> OLD.state AND NOT EXISTS (
        SELECT FROM grant_transitions WHERE from_state = OLD.state AND to_state = NEW.state
    ) THEN
        RAISE EXCEPTION 'illegal grant transition from % to %', OLD.state, NEW.state USING ERRCODE = 'HG001';
    END IF;
    IF NEW.state = 'ended' AND EXISTS (
        SELECT FROM data_keys WHERE grant_id = NEW.id AND wrapped IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'a grant ends with its data key destroyed' USING ERRCODE = 'HG001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER grants_begin_requested BEFORE INSERT ON grants
    FOR EACH ROW WHEN (NEW.state <> 'requested')
    EXECUTE FUNCTION hourglass_refuse('a grant begins as requested');
CREATE TRIGGER grants_step BEFORE UPDATE ON grants
    FOR EACH ROW EXECUTE FUNCTION hourglass_grant_step();
CREATE TRIGGER grants_terms_are_fixed BEFORE UPDATE OF
    id, person_id, customer_id, account_id, idempotency_key, fingerprint,
    profile_id, profile_name, roles, credential, lifetime_seconds, maximum_seconds,
    approval_required, reason, ticket, requested_at ON grants
    FOR EACH ROW EXECUTE FUNCTION hourglass_refuse('the terms of a grant cannot be changed');
CREATE TRIGGER grants_are_kept BEFORE DELETE OR TRUNCATE ON grants
    FOR EACH STATEMENT EXECUTE FUNCTION hourglass_refuse('grants are kept');

CREATE TRIGGER data_keys_stay_destroyed BEFORE UPDATE ON data_keys
    FOR EACH ROW WHEN (OLD.destroyed_at IS NOT NULL)
    EXECUTE FUNCTION hourglass_refuse('a destroyed data key stays destroyed');
CREATE TRIGGER data_keys_are_kept BEFORE DELETE OR TRUNCATE ON data_keys
    FOR EACH STATEMENT EXECUTE FUNCTION hourglass_refuse('data keys are destroyed, not deleted');

CREATE TRIGGER grant_transitions_are_fixed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON grant_transitions
    FOR EACH STATEMENT EXECUTE FUNCTION hourglass_refuse('the table of transitions is fixed');
