package api

import (
	"context"
	"encoding/hex"
	"errors"

	"hourglass/internal/access"
	"hourglass/internal/passkey"
	"hourglass/internal/store"
)

func (s *server) ListPasskeys(ctx context.Context, request ListPasskeysRequestObject) (ListPasskeysResponseObject, error) {
	ctx, _ = begin(ctx)
	if _, err := s.store.Person(ctx, request.Id); err != nil {
		return nil, err
	}
	views, err := s.passkeysOf(ctx, request.Id)
	return ListPasskeys200JSONResponse{views}, err
}

func (s *server) ListMyPasskeys(ctx context.Context, _ ListMyPasskeysRequestObject) (ListMyPasskeysResponseObject, error) {
	ctx, by := begin(ctx)
	views, err := s.passkeysOf(ctx, by.person.ID)
	return ListMyPasskeys200JSONResponse{views}, err
}

func (s *server) BeginPasskey(ctx context.Context, _ BeginPasskeyRequestObject) (BeginPasskeyResponseObject, error) {
	ctx, by := begin(ctx)
	b, err := s.passkeys.BeginAddition(ctx, by.session)
	return begun{b}, err
}

func (s *server) FinishPasskey(ctx context.Context, request FinishPasskeyRequestObject) (FinishPasskeyResponseObject, error) {
	name, err := parsePasskeyName(request.Body.Name)
	if err != nil {
		return nil, err
	}
	answer := answerOf(ctx, request.Body.Credential)
	ctx, by := begin(ctx)
	err = s.passkeys.FinishAddition(ctx, by.session, name, answer)
	return done{passkey.NoCeremonyCookie()}, notMade(err)
}

// notMade tells a new passkey that was not accepted from a sign-in that failed.
func notMade(err error) error {
	if errors.Is(err, passkey.ErrNotRecognised) {
		return &failure{kind: passkeyRefused, cause: err}
	}
	return err
}

func (s *server) RenameMyPasskey(ctx context.Context, request RenameMyPasskeyRequestObject) (RenameMyPasskeyResponseObject, error) {
	ctx, by := begin(ctx)
	name, err := access.NewName(request.Body.Name)
	if err != nil {
		return nil, wrongFields(badName)
	}
	hash, err := parsePasskeyID(request.PasskeyId)
	if err != nil {
		return nil, err
	}
	return RenameMyPasskey204Response{}, s.store.RenamePasskey(ctx, by.person.ID, hash, name)
}

func (s *server) RemovePasskey(ctx context.Context, request RemovePasskeyRequestObject) (RemovePasskeyResponseObject, error) {
	ctx, by := begin(ctx)
	err := s.removePasskey(ctx, by, request.PasskeyId, store.Removal{PersonID: request.Id, EvenLast: request.Params.Last})
	return RemovePasskey204Response{}, err
}

func (s *server) RemoveMyPasskey(ctx context.Context, request RemoveMyPasskeyRequestObject) (RemoveMyPasskeyResponseObject, error) {
	ctx, by := begin(ctx)
	err := s.removePasskey(ctx, by, request.PasskeyId, store.Removal{
		PersonID: by.person.ID, EvenLast: request.Params.Last, Keep: by.session.ID,
	})
	return RemoveMyPasskey204Response{}, err
}

func (s *server) removePasskey(ctx context.Context, by caller, id PasskeyID, r store.Removal) (err error) {
	if r.Hash, err = parsePasskeyID(id); err != nil {
		return err
	}
	return s.store.RemovePasskey(ctx, r, by.actor())
}

// parsePasskeyID reads the hash that passkeysOf wrote; anything else names no passkey.
func parsePasskeyID(id PasskeyID) (hash [32]byte, err error) {
	written, err := hex.DecodeString(id)
	if err != nil || len(written) != len(hash) {
		return hash, access.ErrNotFound
	}
	return [32]byte(written), nil
}

func (s *server) passkeysOf(ctx context.Context, p access.PersonID) (PasskeysJSONResponse, error) {
	keys, err := s.store.Passkeys(ctx, p)
	views := make([]Passkey, len(keys))
	for i, k := range keys {
		hash := k.Hash()
		views[i] = Passkey{
			Id: hex.EncodeToString(hash[:]), Name: k.Name, CreatedAt: k.CreatedAt.UTC(), LastUsedAt: instant(k.LastUsedAt),
		}
	}
	return PasskeysJSONResponse{Passkeys: views}, err
}
