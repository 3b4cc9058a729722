package access_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
)

func TestALaunchOpensThePlaceInItsTenant(t *testing.T) {
	tenant := access.MustID[access.TenantID]("6f1d7c1e-5a4b-4d0e-9c57-000000000001")
	for _, c := range []struct {
		centre      string
		destination access.Destination
		want        string
	}{
		{"https://entra.microsoft.com", access.ToEntra, "https://entra.microsoft.com/6f1d7c1e-5a4b-4d0e-9c57-000000000001?login_hint=a%2Bb%40contoso.example"},
		{"https://entra.microsoft.com", access.ToSecurity, "https://security.microsoft.com/?login_hint=a%2Bb%40contoso.example&tid=6f1d7c1e-5a4b-4d0e-9c57-000000000001"},
		{"https://entra.microsoft.us", access.ToAzure, "https://portal.azure.us/6f1d7c1e-5a4b-4d0e-9c57-000000000001?login_hint=a%2Bb%40contoso.example"},
		{"https://entra.microsoftonline.cn", access.ToIntune, "https://intune.microsoftonline.cn/6f1d7c1e-5a4b-4d0e-9c57-000000000001?login_hint=a%2Bb%40contoso.example"},
		{"https://centre.fabrikam.example:8443", access.ToMicrosoft365, "https://admin.microsoft.com/?login_hint=a%2Bb%40contoso.example"},
	} {
		got, err := access.LaunchAddress(c.centre, c.destination, tenant, "a+b@contoso.example")
		require.NoError(t, err)
		assert.Equal(t, c.want, got)
	}
	_, err := access.LaunchAddress("https://entra.microsoft.us", access.ToExchange, tenant, "a@contoso.example")
	require.ErrorIs(t, err, access.ErrNotFound)
	_, err = access.LaunchAddress("https://entra.microsoft.com", "elsewhere", tenant, "a@contoso.example")
	require.ErrorIs(t, err, access.ErrNotFound)
}

func TestEveryPlaceIsMicrosofts(t *testing.T) {
	for _, centre := range []string{"https://entra.microsoft.com", "https://entra.microsoft.us", "https://entra.microsoftonline.cn"} {
		for _, d := range access.Destinations(centre) {
			got, err := access.LaunchAddress(centre, d, access.TenantID{}, "")
			require.NoError(t, err)
			address, err := url.Parse(got)
			require.NoError(t, err)
			assert.Equal(t, "https", address.Scheme)
			assert.Regexp(t, `\.(microsoft\.com|azure\.com|microsoft\.us|azure\.us|office365\.us|azure\.cn|microsoftonline\.cn)$`, address.Host)
		}
	}
}

func TestSignInOriginsAreExact(t *testing.T) {
	for _, origin := range access.SignInOrigins() {
		assert.True(t, access.IsSignInOrigin(origin))
		for _, near := range []string{origin + "/", origin + ":443", origin + ".evil.example", "http" + origin[5:], origin[:len(origin)-1], " " + origin} {
			assert.False(t, access.IsSignInOrigin(near), near)
		}
	}
	assert.False(t, access.IsSignInOrigin(""))
}
