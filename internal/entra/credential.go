package entra

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"hourglass/internal/access"
	"hourglass/internal/appreg"
)

const (
	graphScope = "https://graph.microsoft.com/.default"
	opToken    = "get token"
	// renewBefore is less than the five minutes in which MSAL no longer answers from its own cache, so that asking
	// for a new token always gets one.
	renewBefore = 3 * time.Minute
)

type credentialMaker func(access.TenantID, appreg.App) (azcore.TokenCredential, error)

// credentials makes one credential per tenant: azidentity binds a credential to its tenant, and none of ours is allowed
// into another. Instance discovery is off because the authority is the operator's choice, not an answer's.
func (s settings) credentials(transport policy.Transporter) credentialMaker {
	options := azcore.ClientOptions{
		Cloud:     cloud.Configuration{ActiveDirectoryAuthorityHost: s.authority.String() + "/"},
		Transport: transport,
		Retry:     policy.RetryOptions{MaxRetries: -1},
		Telemetry: policy.TelemetryOptions{Disabled: true},
	}
	return func(id access.TenantID, app appreg.App) (azcore.TokenCredential, error) {
		if app.Key.Kind() == access.AppSecret {
			return azidentity.NewClientSecretCredential(id.String(), app.ClientID.String(), app.Key.Secret().Reveal(),
				&azidentity.ClientSecretCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
		}
		chain, private := app.Key.Certificate()
		return azidentity.NewClientCertificateCredential(id.String(), app.ClientID.String(), chain, private,
			&azidentity.ClientCertificateCredentialOptions{ClientOptions: options, DisableInstanceDiscovery: true})
	}
}

// token is an access token that was checked: it is for the tenant that asked.
type token struct {
	value     string
	by        appreg.App // who asked for it
	appID     string     // for whom it is
	principal string
	roles     []string
	expires   time.Time
}

// appFinder says which app speaks for Hourglass in a tenant, now. Its errors are *Error, or the context's.
type appFinder func(context.Context) (appreg.App, error)

// tokens keeps the token of one tenant; only one caller at a time fetches a new one. When another app speaks, or the same
// one with another key, credential and token of the former are dropped.
type tokens struct {
	tenant        access.TenantID
	app           appFinder
	newCredential credentialMaker
	fetching      chan struct{} // holds one place; a channel, so that waiting ends with the context

	mu         sync.Mutex
	credential azcore.TokenCredential
	speaker    access.AppKeyID // whose credential it is
	current    token
}

func newTokens(id access.TenantID, app appFinder, newCredential credentialMaker) *tokens {
	return &tokens{tenant: id, app: app, newCredential: newCredential, fetching: make(chan struct{}, 1)}
}

// get answers from memory where it can. Its errors are *Error, or the context's.
func (k *tokens) get(ctx context.Context) (token, error) {
	app, err := k.app(ctx)
	if err != nil {
		return token{}, err
	}
	if t, ok := k.kept(app.KeyID); ok {
		return t, nil
	}
	select {
	case k.fetching <- struct{}{}:
		defer func() { <-k.fetching }()
	case <-ctx.Done():
		return token{}, ctx.Err()
	}
	if t, ok := k.kept(app.KeyID); ok {
		return t, nil
	}
	return k.fetch(ctx, app)
}

func (k *tokens) kept(by access.AppKeyID) (token, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.current, k.current.by.KeyID == by && time.Until(k.current.expires) > renewBefore
}

// forget drops the token that Graph refused, with the credential that would answer with it again; but not a newer one.
func (k *tokens) forget(refused token) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.current.value == refused.value {
		k.current, k.credential = token{}, nil
	}
}

// forgetAll drops whatever is kept.
func (k *tokens) forgetAll() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.current, k.credential = token{}, nil
}

func (k *tokens) fetch(ctx context.Context, app appreg.App) (token, error) {
	credential, err := k.credentialOf(app)
	if err != nil {
		return token{}, &Error{Kind: Invalid, Op: opToken}
	}
	c := &call{tenant: k.tenant, op: opToken}
	answer, err := credential.GetToken(context.WithValue(ctx, callKey{}, c), policy.TokenRequestOptions{Scopes: []string{graphScope}})
	switch {
	case err != nil && c.failure != nil:
		return token{}, c.failure // what azidentity made of it would quote Microsoft's answer
	case err != nil && ctx.Err() != nil:
		return token{}, ctx.Err()
	case err != nil:
		return token{}, c.unreadable()
	}
	t, err := k.check(answer)
	if err != nil {
		return token{}, err
	}
	t.by = app
	k.mu.Lock()
	k.current = t
	k.mu.Unlock()
	return t, nil
}

func (k *tokens) credentialOf(app appreg.App) (azcore.TokenCredential, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.credential == nil || k.speaker != app.KeyID {
		k.current, k.credential = token{}, nil
		credential, err := k.newCredential(k.tenant, app)
		if err != nil {
			return nil, err
		}
		k.credential, k.speaker = credential, app.KeyID
	}
	return k.credential, nil
}

// check holds a token against right-tenant before its first use. The signature is not verified, and need not be: the
// token came from the token endpoint over TLS, and Graph verifies it. What is asked here is only whether the endpoint
// answered for the tenant it was asked about.
func (k *tokens) check(answer azcore.AccessToken) (token, error) {
	var claims struct {
		TenantID string   `json:"tid"`
		AppID    string   `json:"appid"`
		ObjectID string   `json:"oid"`
		Roles    []string `json:"roles"`
	}
	parts := strings.Split(answer.Token, ".")
	if len(parts) != 3 {
		return token{}, &Error{Kind: Unauthenticated, Op: opToken, Code: CodeUnreadable}
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, &claims) != nil {
		return token{}, &Error{Kind: Unauthenticated, Op: opToken, Code: CodeUnreadable}
	}
	if tid, err := access.ParseID[access.TenantID](claims.TenantID); err != nil || tid != k.tenant {
		return token{}, &Error{Kind: Unauthenticated, Op: opToken, Code: CodeWrongTenant}
	}
	// What is no permission's name would otherwise reach tables and pages.
	roles := slices.DeleteFunc(claims.Roles, func(name string) bool { return word(name) == "" })
	return token{value: answer.Token, appID: claims.AppID, principal: claims.ObjectID, roles: roles, expires: answer.ExpiresOn}, nil
}

// authorityPipeline carries azidentity's requests: the one way to the sign-in host.
type authorityPipeline struct {
	wire *wire
	host string
}

// Do refuses every host but the authority's: the token endpoint's address comes from a document that the host served,
// and the app's secret goes to wherever that points.
func (p *authorityPipeline) Do(req *http.Request) (*http.Response, error) {
	c, ok := req.Context().Value(callKey{}).(*call)
	if !ok || req.URL.Scheme != "https" || req.URL.Host != p.host {
		return nil, errors.New("entra: a request that does not go to the authority was held back")
	}
	response, _, failure := p.wire.exchange(req, c, judgeAuthority)
	c.failure = failure
	if response == nil {
		return nil, failure
	}
	return response, nil
}
