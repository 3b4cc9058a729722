package api

import (
	"context"
	"errors"
	"net/http"

	"hourglass/internal/access"
	"hourglass/internal/seal"
	"hourglass/internal/store"
)

// RevealCredential keeps no-audit-no-secret by its order: authorise, commit the audit record, and only then
// ask the workflow for the sealed credential, the store for the data key, and open it (two-keys).
func (s *server) RevealCredential(ctx context.Context, request RevealCredentialRequestObject) (RevealCredentialResponseObject, error) {
	ctx, by := begin(ctx)
	g, err := s.grantFor(ctx, by, "revealCredential", request.Id)
	if err != nil {
		return nil, err
	}
	if err := inState("revealCredential", g); err != nil {
		return nil, err
	}
	if !s.fresh(by) {
		return nil, &failure{kind: assertionNeeded}
	}

	reveal := newID(s.random)
	if err := s.store.RecordReveal(ctx, g.ID, by.person.ID, reveal, g.Terms.Credential); err != nil {
		return nil, err
	}

	secret, err := s.openCredential(ctx, g)
	if err != nil {
		return nil, err
	}
	return revealed{
		RevealId:   reveal,
		UserName:   secret.UserName,
		Password:   ifSo(g.Terms.Credential.HasPassword(), secret.Password),
		Pass:       ifSo(g.Terms.Credential.HasPass(), secret.Pass),
		PassEndsAt: instant(g.PassEndsAt),
		ExpiresAt:  instant(g.ExpiresAt),
	}, nil
}

// openCredential comes after the audit record of whatever it is opened for. Whoever revokes between the record and the secret is
// in time, too.
func (s *server) openCredential(ctx context.Context, g store.Grant) (access.Credential, error) {
	var sealed seal.Sealed
	err := engineCall(ctx, func(ctx context.Context) (err error) {
		sealed, err = s.engine.Credential(ctx, g)
		return err
	})
	if err != nil {
		return access.Credential{}, err
	}
	wrapped, err := s.store.DataKey(ctx, g.ID)
	if err != nil {
		return access.Credential{}, err
	}
	credential, err := s.vault.Open(g.ID, wrapped, sealed)
	if errors.Is(err, seal.ErrOpen) {
		err = &failure{kind: internalError, detail: "The credential cannot be opened. Ask for a new one (reissue), or return the grant.", cause: err}
	}
	if err != nil {
		return access.Credential{}, err
	}
	if g, err = s.store.Grant(ctx, g.ID); err == nil {
		err = inState("revealCredential", g)
	}
	if err != nil {
		return access.Credential{}, err
	}
	return credential, nil
}

// ifSo keeps the half of a credential that the terms do not disclose.
func ifSo(disclosed bool, secret access.Secret) string {
	if !disclosed {
		return ""
	}
	return secret.Reveal()
}

// revealed is the one answer with a secret in it; nobody on the way may keep it.
type revealed Credential

func (r revealed) VisitRevealCredentialResponse(w http.ResponseWriter) error {
	w.Header().Set("Cache-Control", "no-store")
	return RevealCredential200JSONResponse(r).VisitRevealCredentialResponse(w)
}
