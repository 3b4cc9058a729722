package api

import (
	"context"
	"encoding/hex"

	"hourglass/internal/access"
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

func (s *server) removePasskey(ctx context.Context, by caller, id PasskeyID, r store.Removal) error {
	hash, err := hex.DecodeString(id)
	if err != nil || len(hash) != len(r.Hash) {
		return access.ErrNotFound
	}
	copy(r.Hash[:], hash)
	return s.store.RemovePasskey(ctx, r, by.actor())
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
