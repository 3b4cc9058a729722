package onemachine

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSearchFinds: a search that misses a secret in disguise would prove nothing.
func TestSearchFinds(t *testing.T) {
	const secret = `Pa"ss&w<o>rd+1`
	found := func(content string) bool {
		f := &Found{In: map[string][]string{}, needles: newNeedles("something else", secret)}
		f.look("here", []byte(content))
		return len(f.In[secret]) > 0
	}
	quoted, err := json.Marshal(map[string]string{"password": secret})
	require.NoError(t, err)
	disguises := map[string]string{
		"plain":       "x" + secret + "y",
		"JSON":        string(quoted),
		"URL":         url.Values{"password": {secret}}.Encode(),
		"hexadecimal": hex.EncodeToString([]byte("x" + secret + "y")),
		"upper case":  strings.ToUpper(hex.EncodeToString([]byte(secret))),
	}
	for before := range 3 {
		for after := range 3 {
			inside := []byte(strings.Repeat("x", before) + secret + strings.Repeat("y", after))
			disguises["base64 "+strings.Repeat("<", before)+strings.Repeat(">", after)] = base64.StdEncoding.EncodeToString(inside)
			disguises["base64url "+strings.Repeat("<", before)+strings.Repeat(">", after)] = base64.RawURLEncoding.EncodeToString(inside)
		}
	}
	for name, content := range disguises {
		assert.True(t, found(content), name)
	}
	assert.False(t, found(`Pa"ss&v<o>rd+1`))
	assert.False(t, found(base64.StdEncoding.EncodeToString([]byte(`Pa"ss&v<o>rd+1`))))
}
