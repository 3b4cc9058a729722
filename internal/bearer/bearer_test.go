package bearer_test

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/bearer"
)

func TestATokenIsKnownByItsHash(t *testing.T) {
	token, hash, err := bearer.New(rand.Reader)
	require.NoError(t, err)
	again, err := bearer.Hash(token.Reveal())
	require.NoError(t, err)
	assert.Equal(t, hash, again)
	other, _, err := bearer.New(rand.Reader)
	require.NoError(t, err)
	assert.NotEqual(t, token, other)
	_, _, err = bearer.New(bytes.NewReader(make([]byte, 31)))
	assert.Error(t, err, "too little randomness is no token")
}

func TestWhatCannotBeAToken(t *testing.T) {
	for _, word := range []string{"", strings.Repeat("A", 42), strings.Repeat("A", 44), strings.Repeat("=", 43), strings.Repeat("+", 43), strings.Repeat("A", 42) + "\n"} {
		_, err := bearer.Hash(word)
		assert.ErrorIs(t, err, bearer.ErrMalformed, word)
	}
}
