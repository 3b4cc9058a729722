package api

import (
	"context"
	"errors"

	"github.com/gin-gonic/gin"

	"hourglass/internal/access"
	"hourglass/internal/pairing"
	"hourglass/internal/store"
)

func (s *server) CheckPairing(ctx context.Context, request CheckPairingRequestObject) (CheckPairingResponseObject, error) {
	location, err := s.pairings.Declined(request.Params.RedirectUri, request.Params.State)
	return CheckPairing200JSONResponse{CancelLocation: location}, err
}

func (s *server) PairBrowser(ctx context.Context, request PairBrowserRequestObject) (PairBrowserResponseObject, error) {
	ctx, by := begin(ctx)
	name, err := access.NewName(request.Body.Name)
	if err != nil {
		return nil, wrongFields(badName)
	}
	location, err := s.pairings.Confirm(ctx, by.person.ID, pairing.Request{
		RedirectURI: request.Body.RedirectUri, State: request.Body.State,
		Challenge: request.Body.CodeChallenge, Thumbprint: request.Body.DpopJkt, Name: name,
	})
	if errors.Is(err, access.ErrTooMany) {
		err = &failure{kind: tooManyBrowsers, cause: err}
	}
	return PairBrowser201JSONResponse{Location: location}, err
}

// oauthErrors are the refusals that a client of OAuth knows what to do about (RFC 6749, section 5.2; RFC 9449, section 5).
var oauthErrors = []struct {
	is    error
	error OAuthErrorError
	about string
}{
	{pairing.ErrProof, OAuthInvalidProof, "The proof of the key is not accepted. See that the clock is right."},
	{pairing.ErrGrant, OAuthInvalidGrant, "The browser is not paired, or no longer. Pair it again."},
}

func (s *server) IssueTokens(ctx context.Context, request IssueTokensRequestObject) (IssueTokensResponseObject, error) {
	r := ctx.(*gin.Context).Request
	ctx, _ = begin(ctx)
	body := *request.Body
	if body.ClientId != pairing.ClientID {
		return IssueTokens400JSONResponse{Error: OAuthInvalidClient, ErrorDescription: "Send the extension's client_id."}, nil
	}
	var tokens pairing.Tokens
	var err error
	switch body.GrantType {
	case "authorization_code":
		tokens, err = s.pairings.Exchange(ctx, r, body.Code, body.RedirectUri, body.CodeVerifier)
	case "refresh_token":
		tokens, err = s.pairings.Refresh(ctx, r, body.RefreshToken)
	case "":
		return IssueTokens400JSONResponse{Error: OAuthInvalidRequest, ErrorDescription: "Send a grant_type."}, nil
	default:
		return IssueTokens400JSONResponse{Error: OAuthUnsupportedGrantType, ErrorDescription: "Send authorization_code or refresh_token."}, nil
	}
	for _, known := range oauthErrors {
		if errors.Is(err, known.is) {
			return IssueTokens400JSONResponse{Error: known.error, ErrorDescription: known.about}, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return IssueTokens200JSONResponse{
		AccessToken: tokens.Access.Reveal(), TokenType: DPoP, ExpiresIn: int(tokens.Lifetime.Seconds()),
		RefreshToken: tokens.Refresh.Reveal(), Scope: TokensScopeFill,
	}, nil
}

func (s *server) ListMyBrowsers(ctx context.Context, _ ListMyBrowsersRequestObject) (ListMyBrowsersResponseObject, error) {
	ctx, by := begin(ctx)
	views, err := s.browsersOf(ctx, by.person.ID)
	return ListMyBrowsers200JSONResponse{views}, err
}

func (s *server) ListBrowsers(ctx context.Context, request ListBrowsersRequestObject) (ListBrowsersResponseObject, error) {
	ctx, _ = begin(ctx)
	if _, err := s.store.Person(ctx, request.Id); err != nil {
		return nil, err
	}
	views, err := s.browsersOf(ctx, request.Id)
	return ListBrowsers200JSONResponse{views}, err
}

func (s *server) RemoveMyBrowser(ctx context.Context, request RemoveMyBrowserRequestObject) (RemoveMyBrowserResponseObject, error) {
	ctx, by := begin(ctx)
	return RemoveMyBrowser204Response{}, s.store.RemoveBrowser(ctx, by.person.ID, request.BrowserId, by.actor())
}

func (s *server) RemoveBrowser(ctx context.Context, request RemoveBrowserRequestObject) (RemoveBrowserResponseObject, error) {
	ctx, by := begin(ctx)
	return RemoveBrowser204Response{}, s.store.RemoveBrowser(ctx, request.Id, request.BrowserId, by.actor())
}

func (s *server) browsersOf(ctx context.Context, p access.PersonID) (BrowsersJSONResponse, error) {
	all, err := s.store.Browsers(ctx, p)
	views := make([]PairedBrowser, len(all))
	for i, b := range all {
		views[i] = browserView(b)
	}
	return BrowsersJSONResponse{Browsers: views}, err
}

func browserView(b store.Browser) PairedBrowser {
	view := PairedBrowser{
		Id: b.ID, Name: b.Name, Extension: PairedBrowserExtension(b.Extension), PairedAt: b.PairedAt.UTC(),
		LastUsedAt: instant(b.LastUsedAt), RemovedAt: instant(b.RemovedAt),
	}
	if b.RemovedAt != nil {
		view.RemovedBecause = PairedBrowserRemovedBecause(b.RemovedBecause)
	}
	return view
}
