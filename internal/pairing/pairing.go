package pairing

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"

	"github.com/google/uuid"

	"hourglass/internal/access"
	"hourglass/internal/bearer"
	"hourglass/internal/store"
)

// Request is an extension's request to be paired, as the address of the portal's page has it.
type Request struct {
	RedirectURI, State string
	// Challenge is the code challenge (RFC 7636, S256), Thumbprint that of the key (RFC 9449, section 10), both in base64url.
	Challenge, Thumbprint string
	Name                  access.Name
}

// Tokens are what an extension is given. Both are known nowhere else.
type Tokens struct {
	Access, Refresh access.Secret
	// Lifetime is the access token's.
	Lifetime time.Duration
}

// Declined is where the browser goes when the person declines; ErrUnknownExtension where the address is none of a known extension.
func (s *Service) Declined(redirectURI, state string) (location string, err error) {
	if _, known := s.redirects[redirectURI]; !known {
		return "", ErrUnknownExtension
	}
	return redirectURI + "?" + url.Values{"error": {"access_denied"}, "state": {state}}.Encode(), nil
}

// Confirm makes the code of a pairing that the person has confirmed, and says where the browser goes with it.
// ErrUnknownExtension, access.ErrInvalid (challenge or thumbprint), access.ErrTooMany.
func (s *Service) Confirm(ctx context.Context, person access.PersonID, r Request) (location string, err error) {
	build, known := s.redirects[r.RedirectURI]
	if !known {
		return "", ErrUnknownExtension
	}
	challenge, badChallenge := parseDigest(r.Challenge)
	key, badKey := parseDigest(r.Thumbprint)
	if err := errors.Join(badChallenge, badKey); err != nil {
		return "", err
	}
	code, hash, err := bearer.New(s.random)
	if err != nil {
		return "", err
	}
	err = s.store.AddPairingCode(ctx, store.PairingCode{
		Hash: hash, PersonID: person, Name: r.Name, Extension: build, RedirectURI: r.RedirectURI,
		Challenge: challenge, Key: key, ExpiresAt: s.now().Add(codeTTL),
	})
	if err != nil {
		return "", fmt.Errorf("keeping a pairing: %w", err)
	}
	return r.RedirectURI + "?" + url.Values{"code": {code.Reveal()}, "state": {r.State}}.Encode(), nil
}

func parseDigest(s string) (d [32]byte, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(raw) != len(d) {
		return d, fmt.Errorf("%w: SHA-256 in base64url has 43 characters", access.ErrInvalid)
	}
	return [32]byte(raw), nil
}

// verifierForm is RFC 7636, section 4.1.
var verifierForm = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)

// Exchange gives the tokens for a code. r carries the proof. ErrProof, ErrGrant.
func (s *Service) Exchange(ctx context.Context, r *http.Request, code, redirectURI, verifier string) (Tokens, error) {
	p, err := s.readProof(r)
	if err != nil {
		return Tokens{}, err
	}
	hash, err := bearer.Hash(code)
	if err != nil {
		return Tokens{}, ErrGrant
	}
	if err := s.once(ctx, p); err != nil {
		return Tokens{}, err
	}
	id, err := s.newBrowserID()
	if err != nil {
		return Tokens{}, err
	}
	tokens, kept, err := s.newTokens()
	if err != nil {
		return Tokens{}, err
	}
	verified := sha256.Sum256([]byte(verifier))
	_, err = s.store.PairBrowser(ctx, hash, func(c store.PairingCode) bool {
		return verifierForm.MatchString(verifier) && subtle.ConstantTimeCompare(verified[:], c.Challenge[:]) == 1 &&
			redirectURI == c.RedirectURI && p.of(c.Key) == nil
	}, id, kept)
	return tokens, granted(err)
}

// Refresh gives the next tokens for a refresh token. r carries the proof. ErrProof, ErrGrant.
func (s *Service) Refresh(ctx context.Context, r *http.Request, token string) (Tokens, error) {
	p, err := s.readProof(r)
	if err != nil {
		return Tokens{}, err
	}
	hash, err := bearer.Hash(token)
	if err != nil {
		return Tokens{}, ErrGrant
	}
	if err := s.once(ctx, p); err != nil {
		return Tokens{}, err
	}
	tokens, kept, err := s.newTokens()
	if err != nil {
		return Tokens{}, err
	}
	browser, err := s.store.RotateTokens(ctx, hash, p.key, kept)
	if errors.Is(err, access.ErrNotFound) && browser.RemovedAt != nil {
		err = errors.Join(ErrGrant, s.store.RecordBrowserRefused(ctx, browser, "browser_removed"))
	}
	return tokens, granted(err)
}

func granted(err error) error {
	if errors.Is(err, access.ErrNotFound) {
		return ErrGrant
	}
	return err
}

func (s *Service) newBrowserID() (access.BrowserID, error) {
	id, err := uuid.NewRandomFromReader(s.random)
	if err != nil {
		return access.BrowserID{}, fmt.Errorf("drawing an id: %w", err)
	}
	return access.MustID[access.BrowserID](id.String()), nil
}

func (s *Service) newTokens() (Tokens, store.TokenPair, error) {
	now := s.now()
	kept := store.TokenPair{AccessEndsAt: now.Add(accessTokenTTL), BrowserEndsAt: now.Add(unused)}
	var err, failed error
	tokens := Tokens{Lifetime: accessTokenTTL}
	tokens.Access, kept.Access, err = bearer.New(s.random)
	tokens.Refresh, kept.Refresh, failed = bearer.New(s.random)
	return tokens, kept, errors.Join(err, failed)
}
