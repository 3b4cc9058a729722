package access

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTenantNames(t *testing.T) {
	for s, want := range map[string]string{
		"Contoso.onmicrosoft.com":               "contoso.onmicrosoft.com",
		" contoso.example ":                     "contoso.example",
		"11111111-1111-4111-8111-11111111111A":  "11111111-1111-4111-8111-11111111111a",
		"xn--bcher-kva.example":                 "xn--bcher-kva.example",
		strings.Repeat("a", 63) + ".example":    strings.Repeat("a", 63) + ".example",
		"":                                      "",
		"organizations":                         "",
		"common":                                "",
		"..":                                    "",
		".contoso.example":                      "",
		"contoso.example.":                      "",
		"contoso..example":                      "",
		"-contoso.example":                      "",
		"contoso-.example":                      "",
		"contoso.example/../common":             "",
		"contoso.example?x=1":                   "",
		"contoso.example#x":                     "",
		"contoso.example%2f":                    "",
		"user@contoso.example":                  "",
		"contoso.example\x00":                   "",
		"contoso .example":                      "",
		"bücher.example":                        "",
		strings.Repeat("a", 64) + ".example":    "",
		strings.Repeat("abc.", 64) + "example":  "",
		"11111111-1111-4111-8111-1111111111111": "",
	} {
		name, err := ParseTenantName(s)
		assert.Equal(t, want, name.String(), "%q", s)
		assert.Equal(t, want == "", err != nil, "%q", s)
		if err != nil {
			assert.ErrorIs(t, err, ErrInvalid)
		}
	}
}

func TestWordsOfAConnection(t *testing.T) {
	for _, bad := range []string{"", "Connected", "connected ", "perhaps"} {
		_, err := ParseConnectStep(bad)
		assert.ErrorIs(t, err, ErrInvalid, bad)
		_, err = ParseConnectFailure(bad)
		assert.ErrorIs(t, err, ErrInvalid, bad)
	}
	step, err := ParseConnectStep("verifying")
	assert.NoError(t, err)
	assert.Equal(t, StepVerify, step)
	failure, err := ParseConnectFailure("wrong_tenant")
	assert.NoError(t, err)
	assert.Equal(t, WrongTenant, failure)
}

func TestDomains(t *testing.T) {
	domain, err := ParseDomain(" Contoso.Example ")
	assert.NoError(t, err)
	assert.Equal(t, "contoso.example", domain)
	for _, s := range []string{"", "contoso", "contoso..example", "con/toso.example", "contoso.example@evil", "62e90394-69f5-4237-9190-012177145e10"} {
		_, err := ParseDomain(s)
		assert.ErrorIs(t, err, ErrInvalid, s)
	}
}
