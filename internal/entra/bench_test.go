package entra

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

// What one call costs this side of the wire: the SDK, the pipeline and TLS on the loopback, against a server that does
// nothing. The floor is what net/http alone takes for the same exchange.

func BenchmarkReadAccount(b *testing.B) {
	m := newMicrosoft(b)
	m.graph("GET /v1.0/users/{id}", answers(200, accountAnswer(ada, true)))
	tenant := m.tenant(b, unlimited)
	ctx := context.Background()
	for b.Loop() {
		_, err := tenant.Account(ctx, ada)
		require.NoError(b, err)
	}
}

func BenchmarkSetEnabled(b *testing.B) {
	m := newMicrosoft(b)
	m.graph("PATCH /v1.0/users/{id}", answers(204, ""))
	tenant := m.tenant(b, unlimited)
	ctx := context.Background()
	for b.Loop() {
		require.NoError(b, tenant.SetEnabled(ctx, ada, true))
	}
}

func unlimited(c *Config) {
	many := Rate{1 << 30, time.Second}
	c.Limits = Limits{Units: many, Writes: many, Reports: Rate{1 << 16, time.Microsecond}}
}

func BenchmarkFloor(b *testing.B) {
	m := newMicrosoft(b)
	m.graph("GET /v1.0/users/{id}", answers(200, accountAnswer(ada, true)))
	transport, err := newTransport(m.caFile)
	require.NoError(b, err)
	client := &http.Client{Transport: transport}
	for b.Loop() {
		response, err := client.Get(m.server.URL + "/v1.0/users/" + ada.String())
		require.NoError(b, err)
		_, err = readAnswer(response)
		require.NoError(b, err)
	}
}

// BenchmarkTokenClaims is what stands before the first use of a token.
func BenchmarkTokenClaims(b *testing.B) {
	k := newTokens(contoso, nil, nil)
	answer := jwt(map[string]any{"tid": contoso.String(), "roles": []string{"User.ReadWrite.All"}})
	for b.Loop() {
		_, err := k.check(accessToken(answer))
		require.NoError(b, err)
	}
}

var (
	contoso  = access.MustID[access.TenantID]("11111111-1111-4111-8111-111111111111")
	fabrikam = access.MustID[access.TenantID]("22222222-2222-4222-8222-222222222222")
	ada      = access.MustID[access.ObjectID]("aaaaaaaa-0000-4000-8000-000000000001")
	grace    = access.MustID[access.ObjectID]("aaaaaaaa-0000-4000-8000-000000000002")
)
