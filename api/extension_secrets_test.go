package api

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// No secret stands in clear in a log or a table: whatever words a browser was given, and what it filled, is looked for in every
// file of the database, as text, as bytes and as hexadecimal digits.
func TestWhatABrowserWasGivenIsKeptNowhere(t *testing.T) {
	h := newHouse(t)
	person := h.technician("ada")
	g := person.request("key").grant()
	h.activate(g.Id)
	ada := extensionOf(person)
	code := ada.confirmed()
	ada.take(ada.exchange(code))
	words := map[string]string{"code": code, "first access token": ada.access, "first refresh token": ada.refresh}
	ada.take(ada.renew(ada.refresh))
	words["access token"], words["refresh token"] = ada.access, ada.refresh
	launch := ada.launched(g)
	words["ticket"] = launch.Ticket.Ticket
	require.Equal(t, http.StatusOK, ada.fill(launch.Ticket.Ticket, nil).status)
	ada.fill(launch.Ticket.Ticket, nil).problem(ticketRefused)

	var kept []byte
	files, err := filepath.Glob(filepath.Join(h.folder, "*"))
	require.NoError(t, err)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		kept = append(kept, content...)
	}
	require.Contains(t, string(kept), "Work laptop", "the search sees what is kept")
	for what, word := range words {
		raw, err := base64.RawURLEncoding.DecodeString(word)
		require.NoError(t, err)
		for _, form := range []string{word, string(raw), hex.EncodeToString(raw)} {
			assert.False(t, bytes.Contains(kept, []byte(form)), "%s in a table", what)
			assert.NotContains(t, h.log.String(), form, "%s in the log", what)
		}
	}
	for _, secret := range []string{thePass, thePassword} {
		assert.False(t, bytes.Contains(kept, []byte(secret)))
		assert.NotContains(t, h.log.String(), secret)
	}
}
