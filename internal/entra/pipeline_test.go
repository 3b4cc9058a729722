package entra

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

func TestRequestsCarryWhatTheyMust(t *testing.T) {
	m := newMicrosoft(t)
	m.graph("PATCH /v1.0/users/{id}", answers(204, ""))
	require.NoError(t, m.tenant(t).SetEnabled(background, ada, false))

	require.Len(t, m.requests(), 1)
	r := m.requests()[0]
	assert.Equal(t, "/v1.0/users/"+ada.String(), r.path)
	assert.JSONEq(t, `{"@odata.type":"#microsoft.graph.user","accountEnabled":false}`, r.body, "only what changes")
	assert.True(t, strings.HasPrefix(r.header.Get("Authorization"), "Bearer "))
	assert.NotEmpty(t, guid(r.header.Get("Client-Request-Id")))
	assert.Equal(t, fmt.Sprint(len(r.body)), r.header.Get("Content-Length"))
	assert.Empty(t, r.header.Get("Content-Encoding"))
	assert.Empty(t, r.header.Get("Accept-Encoding"))
}

func TestEnabledAndPasswordAreSeparatePatches(t *testing.T) {
	m := newMicrosoft(t)
	m.graph("PATCH /v1.0/users/{id}", answers(204, ""))
	require.NoError(t, m.tenant(t).SetPassword(background, ada, access.NewSecret("Correct-Horse-7")))
	assert.JSONEq(t, `{"@odata.type":"#microsoft.graph.user","passwordProfile":{"password":"Correct-Horse-7","forceChangePasswordNextSignIn":false}}`,
		m.requests()[0].body)
}

func TestFirstRefusalOfATokenGetsANewOne(t *testing.T) {
	m := newMicrosoft(t)
	m.graph("PATCH /v1.0/users/{id}", once(refuses(401, "InvalidAuthenticationToken"), answers(204, "")))
	tenant := m.tenant(t)
	require.NoError(t, tenant.SetEnabled(background, ada, true))
	seen := m.requests()
	require.Len(t, seen, 2)
	assert.Equal(t, seen[0].body, seen[1].body, "the body goes out again, whole")
	assert.NotEqual(t, seen[0].header.Get("Authorization"), seen[1].header.Get("Authorization"))

	m.graph("PATCH /v1.0/users/{id}", refuses(401, "InvalidAuthenticationToken"))
	err := tenant.SetEnabled(background, ada, true)
	assert.Equal(t, Unauthenticated, KindOf(err))
	assert.Len(t, m.requests(), 4, "a second refusal is final")
}

// The adapter answers a claims challenge by itself, and panics on a malformed one: it must not get to see it.
func TestMalformedClaimsChallenge(t *testing.T) {
	m := newMicrosoft(t)
	m.graph("/v1.0/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", `Bearer claims=oops`)
		refuses(401, "InvalidAuthenticationToken")(w, r)
	})
	_, err := m.tenant(t).Account(background, ada)
	assert.Equal(t, Unauthenticated, KindOf(err))
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	m := newMicrosoft(t)
	m.graph("/v1.0/", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/v1.0/elsewhere", http.StatusTemporaryRedirect)
	})
	_, err := m.tenant(t).Account(background, ada)
	assert.Equal(t, Unavailable, KindOf(err))
	assert.Len(t, m.requests(), 1)
}

// drop breaks the connection without an answer.
func drop(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// cut breaks the connection in the middle of the answer.
func cut(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		write(w, status, `{"id":`)
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
}

// hang answers when the client has given up.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestBrokenConnections(t *testing.T) {
	for name, c := range map[string]struct {
		says  http.HandlerFunc
		write Kind
	}{
		"dropped before the answer":    {drop, Ambiguous},
		"dropped in the answer":        {cut(200), Ambiguous},
		"dropped in a refusal":         {cut(400), Ambiguous},
		"no answer in time":            {hang, Ambiguous},
		"a longer answer than we read": {answers(200, accountAnswer(ada, true)+strings.Repeat(" ", longestAnswer)), Ambiguous},
		"not JSON":                     {answers(200, `<html>welcome</html>`), Ambiguous},
		"a 404 that is not Graph's":    {answers(404, `<html>no such page</html>`), Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMicrosoft(t)
			m.graph("/v1.0/", c.says)
			tenant := m.tenant(t, func(c *Config) { c.Timeout = 300 * time.Millisecond })
			_, err := tenant.Account(background, ada)
			assert.Equal(t, Unavailable, KindOf(err), "a read can be repeated: %v", err)
			_, err = tenant.CreateAccount(background, newAda(t))
			assert.Equal(t, c.write, KindOf(err), "a write: %v", err)
			assert.NotErrorIs(t, err, context.DeadlineExceeded, "only the caller's own context shows")
		})
	}
}

func TestAWriteThatWasNeverSentIsNotAmbiguous(t *testing.T) {
	m := newMicrosoft(t)
	m.graph("PATCH /v1.0/users/{id}", answers(204, ""))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nobody := "https://" + listener.Addr().String() + "/v1.0"
	require.NoError(t, listener.Close())

	err = m.tenant(t, func(c *Config) { c.GraphURL = nobody }).SetEnabled(background, ada, true)
	assert.Equal(t, Unavailable, KindOf(err))
}

func TestCallersContextShowsInTheError(t *testing.T) {
	m := newMicrosoft(t)
	began := make(chan struct{}, 1)
	m.graph("/v1.0/", func(w http.ResponseWriter, r *http.Request) { began <- struct{}{}; hang(w, r) })
	tenant := m.tenant(t)

	ctx, cancel := context.WithCancel(background)
	go func() { <-began; cancel() }()
	err := tenant.SetEnabled(ctx, ada, false)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, Ambiguous, KindOf(err))

	_, err = tenant.Account(ctx, ada)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, Unavailable, KindOf(err))
	err = tenant.SetEnabled(ctx, ada, false)
	assert.Equal(t, Unavailable, KindOf(err), "nothing was sent")

	ctx, cancel = context.WithTimeout(background, 50*time.Millisecond)
	defer cancel()
	m.graph("/v1.0/", hang)
	_, err = tenant.Account(ctx, ada)
	assert.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestListsAreFollowedOnTheGraphHostOnlyAndNotForEver(t *testing.T) {
	m := newMicrosoft(t)
	page := func(id access.ObjectID, next string) string {
		return fmt.Sprintf(`{"value":[%s],"@odata.nextLink":%q}`, accountAnswer(id, false), next)
	}
	marker := access.NewMarker([8]byte{1, 2, 3})
	tenant := m.tenant(t, unlimited)
	listFirst := func(next string) {
		m.graph("GET /v1.0/users", func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("page") {
				write(w, 200, fmt.Sprintf(`{"value":[%s]}`, accountAnswer(grace, false)))
				return
			}
			write(w, 200, page(ada, next))
		})
	}

	listFirst(m.server.URL + "/v1.0/users?page=2")
	_, err := tenant.FindAccount(background, marker)
	assert.Equal(t, Conflict, KindOf(err), "the second page was read: two accounts with one marker")

	elsewhere := newMicrosoft(t)
	elsewhere.graph("/v1.0/", answers(200, `{"value":[]}`))
	for _, next := range []string{elsewhere.server.URL + "/v1.0/users?page=2", "http://" + m.server.Listener.Addr().String() + "/v1.0/users",
		"https://ada@" + m.server.Listener.Addr().String() + "/v1.0/users?page=2", "/v1.0/users?page=2", "not a url\x7f"} {
		listFirst(next)
		_, err = tenant.FindAccount(background, marker)
		assert.Equal(t, Unavailable, KindOf(err), next)
	}
	assert.Empty(t, elsewhere.requests(), "a token must not leave for another host")

	before := len(m.requests())
	m.graph("GET /v1.0/users", answers(200, page(ada, m.server.URL+"/v1.0/users")))
	_, err = tenant.FindAccount(background, marker)
	assert.Equal(t, Unavailable, KindOf(err))
	assert.Equal(t, mostPages, len(m.requests())-before)
}

func TestCallsAreToldAndLoggedWithoutSecrets(t *testing.T) {
	m := newMicrosoft(t)
	m.graph("POST /v1.0/users/{id}/authentication/temporaryAccessPassMethods", answers(201, passAnswer))
	var log bytes.Buffer
	type told struct {
		tenant access.TenantID
		op     string
		status int
	}
	var calls []told
	tenant := m.tenant(t, func(c *Config) {
		c.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		c.OnCall = func(ctx context.Context, e Exchange) {
			assert.Equal(t, "of the caller", ctx.Value(callersKey{}))
			assert.Empty(t, e.Kind)
			calls = append(calls, told{e.Tenant, e.Op, e.Status})
		}
	})
	pass, err := tenant.IssuePass(context.WithValue(background, callersKey{}, "of the caller"), ada, 60)
	require.NoError(t, err)
	assert.Equal(t, "+drkzqAD", pass.Value.Reveal())
	assert.Equal(t, []told{{contoso, opToken, 200}, {contoso, opToken, 200}, {contoso, "issue pass", 201}}, calls)
	for _, want := range []string{`op="issue pass"`, "tenant=" + contoso.String(), "status=201", "request_id=" + testRequestID, "client_request_id=", "took="} {
		assert.Contains(t, log.String(), want)
	}
	for _, secret := range []string{"+drkzqAD", "a-client-secret", "eyJ", "Bearer"} {
		assert.NotContains(t, log.String(), secret)
	}
}

type callersKey struct{}

func TestEveryFailureIsToldWithItsKind(t *testing.T) {
	for name, c := range map[string]struct {
		answer  http.HandlerFunc
		limits  Limits
		kind    Kind
		status  int
		held    bool
		waiting time.Duration
	}{
		"throttled by Microsoft": {answer: answers(429, `{"error":{"code":"TooManyRequests"}}`), kind: Throttled, status: 429},
		"forbidden":              {answer: answers(403, `{"error":{"code":"Authorization_RequestDenied"}}`), kind: Forbidden, status: 403},
		"of the wrong shape":     {answer: answers(200, `[]`), kind: "", status: 200},
		"held back by ourselves": {answer: answers(204, ""), limits: Limits{Writes: Rate{2, time.Hour}}, kind: Throttled, held: true, waiting: time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMicrosoft(t)
			m.graph("PATCH /v1.0/users/{id}", c.answer)
			var last Exchange
			tenant := m.tenant(t, func(cfg *Config) {
				cfg.Limits = c.limits
				cfg.OnCall = func(_ context.Context, e Exchange) { last = e }
			})
			ctx := background
			if c.held {
				require.NoError(t, tenant.SetEnabled(ctx, ada, true), "the first one may go")
				within, cancel := context.WithTimeout(ctx, c.waiting)
				defer cancel()
				ctx = within
			}
			err := tenant.SetEnabled(ctx, ada, true)
			if c.kind != "" {
				assert.Equal(t, c.kind, KindOf(err), "%v", err)
			}
			assert.Equal(t, c.kind, last.Kind)
			assert.Equal(t, c.status, last.Status)
			assert.Equal(t, c.held, last.HeldBack)
			assert.Equal(t, "enable account", last.Op)
			assert.Equal(t, contoso, last.Tenant)
		})
	}
}

func TestRunTakesAPanicOfTheSDKForAnUnreadableAnswer(t *testing.T) {
	tenant := newMicrosoft(t).tenant(t)
	err := tenant.write(background, "op", func(context.Context) error { panic("nil dereference") })
	assert.Equal(t, &Error{Kind: Ambiguous, Op: "op", Code: CodeUnreadable}, err)
	err = tenant.read(background, "op", func(context.Context) error { return errors.New("quotes an answer") })
	assert.Equal(t, &Error{Kind: Unavailable, Op: "op", Code: CodeUnreadable}, err)
}

const passAnswer = `{"@odata.type":"#microsoft.graph.temporaryAccessPassAuthenticationMethod","id":"6f1967b7-15e8-4935-ac26-d50770ed07a7",
	"temporaryAccessPass":"+drkzqAD","createdDateTime":"2022-06-02T16:21:09.765173Z","startDateTime":"2022-06-05T00:00:00Z",
	"lifetimeInMinutes":60,"isUsableOnce":false,"isUsable":false,"methodUsabilityReason":"NotYetValid"}`

func newAda(t testing.TB) NewAccount {
	upn, err := access.NewUPN("ada", "contoso.onmicrosoft.com")
	require.NoError(t, err)
	name, err := access.NewName("Ada")
	require.NoError(t, err)
	return NewAccount{UPN: upn, DisplayName: name, Marker: access.NewMarker([8]byte{1, 2, 3}), Password: access.NewSecret("Correct-Horse-7")}
}
