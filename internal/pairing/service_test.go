package pairing_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/pairing"
)

const (
	chromium = "fpdhfjlgiaikedijghaphjaoekbdaaaj"
	firefox  = "3ca1ec29b8102e3871df85b10b3156574d694474"
)

func TestOnlyAnExtensionsOwnAddressIsKnown(t *testing.T) {
	s, err := pairing.New(pairing.Config{PublicURL: "https://hourglass.msp.example", Extensions: []string{chromium, firefox}}, nil)
	require.NoError(t, err)
	for _, known := range []string{"https://" + chromium + ".chromiumapp.org/", "https://" + firefox + ".extensions.allizom.org/"} {
		location, err := s.Declined(known, "a state&x=y")
		require.NoError(t, err)
		assert.Equal(t, known+"?error=access_denied&state=a+state%26x%3Dy", location)
		for _, foreign := range []string{known + "path", strings.Replace(known, "https", "http", 1), strings.Replace(known, "//", "//a.", 1), known[:len(known)-1]} {
			_, err := s.Declined(foreign, "s")
			assert.ErrorIs(t, err, pairing.ErrUnknownExtension, foreign)
		}
	}
	// The id of one build is none of the other's.
	_, err = s.Declined("https://"+firefox+".chromiumapp.org/", "s")
	assert.ErrorIs(t, err, pairing.ErrUnknownExtension)
}

func TestPairingCanBeOff(t *testing.T) {
	s, err := pairing.New(pairing.Config{PublicURL: "https://hourglass.msp.example", Extensions: []string{pairing.NoExtension}}, nil)
	require.NoError(t, err)
	_, err = s.Declined("https://"+chromium+".chromiumapp.org/", "s")
	assert.ErrorIs(t, err, pairing.ErrUnknownExtension)
}

func TestWhatIsNoExtensionsID(t *testing.T) {
	for _, id := range []string{"", "x", chromium + "a", strings.Repeat("q", 32), strings.ToUpper(firefox), " " + chromium, "evil.example/" + chromium} {
		_, err := pairing.New(pairing.Config{PublicURL: "https://hourglass.msp.example", Extensions: []string{id}}, nil)
		assert.ErrorIs(t, err, access.ErrInvalid, id)
	}
	_, err := pairing.New(pairing.Config{PublicURL: "https://hourglass.msp.example", Extensions: []string{pairing.NoExtension, chromium}}, nil)
	assert.ErrorIs(t, err, access.ErrInvalid, "none and some contradict each other")
	_, err = pairing.New(pairing.Config{PublicURL: "hourglass"}, nil)
	assert.ErrorIs(t, err, access.ErrInvalid)
}
