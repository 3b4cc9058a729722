package pairing

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"hourglass/internal/access"
	"hourglass/internal/bearer"
	"hourglass/internal/store"
)

// Authenticate says which browser a request is from, and for whom (RFC 9449, section 7). ErrToken or ErrProof; what looks
// like an attack on a browser that is known goes into the audit log.
func (s *Service) Authenticate(ctx context.Context, r *http.Request) (store.Browser, store.Person, error) {
	token, hash, err := tokenOf(r)
	if err != nil {
		return store.Browser{}, store.Person{}, ErrToken
	}
	browser, err := s.store.BrowserOf(ctx, hash)
	if errors.Is(err, access.ErrNotFound) {
		return store.Browser{}, store.Person{}, ErrToken
	}
	if err != nil {
		return store.Browser{}, store.Person{}, fmt.Errorf("reading a paired browser: %w", err)
	}
	if err := s.proven(ctx, r, browser, token); err != nil {
		if why, told := errors.AsType[*refusal](err); told {
			err = errors.Join(err, s.store.RecordBrowserRefused(ctx, browser, why.cause))
		}
		return store.Browser{}, store.Person{}, err
	}
	person, err := s.personOf(ctx, browser)
	if err != nil {
		return store.Browser{}, store.Person{}, err
	}
	now := s.now()
	if browser.LastUsedAt == nil || now.Sub(*browser.LastUsedAt) >= touchEvery {
		if err := s.store.TouchBrowser(ctx, browser.ID, now); err != nil {
			return store.Browser{}, store.Person{}, fmt.Errorf("touching a paired browser: %w", err)
		}
	}
	return browser, person, nil
}

// Alive says whether a browser that was authenticated before still counts, and as whom. It is for what stays open for long.
// It returns ErrToken as Authenticate does.
func (s *Service) Alive(ctx context.Context, id access.BrowserID) (store.Person, error) {
	browser, err := s.store.Browser(ctx, id)
	if err != nil {
		return store.Person{}, fmt.Errorf("reading a paired browser: %w", err)
	}
	return s.personOf(ctx, browser)
}

func (s *Service) personOf(ctx context.Context, b store.Browser) (store.Person, error) {
	person, err := s.store.Person(ctx, b.PersonID)
	if err != nil {
		return store.Person{}, fmt.Errorf("reading a browser's person: %w", err)
	}
	switch {
	case b.RemovedAt != nil:
		return store.Person{}, errors.Join(ErrToken, s.store.RecordBrowserRefused(ctx, b, "browser_removed"))
	case person.Suspended:
		return store.Person{}, errors.Join(ErrToken, s.store.RecordBrowserRefused(ctx, b, "person_suspended"))
	case !b.EndsAt.After(s.now()):
		return store.Person{}, ErrToken
	}
	return person, nil
}

func (s *Service) proven(ctx context.Context, r *http.Request, b store.Browser, token string) error {
	p, err := s.readProof(r)
	if err != nil {
		return err
	}
	if err := p.of(b.Key); err != nil {
		return err
	}
	if err := p.with(token); err != nil {
		return err
	}
	return s.once(ctx, p)
}

// tokenOf is the access token of a request, which stands in one header alone.
func tokenOf(r *http.Request) (token string, hash [32]byte, err error) {
	headers := r.Header.Values("Authorization")
	if len(headers) != 1 {
		return "", hash, bearer.ErrMalformed
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	if !strings.EqualFold(scheme, proofHeader) {
		return "", hash, bearer.ErrMalformed
	}
	hash, err = bearer.Hash(token)
	return token, hash, err
}
