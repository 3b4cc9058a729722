package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/audit"
)

// addPasskey creates a further passkey and, where the server took it, uses it from then on.
func (b *browser) addPasskey(called string, key virtualwebauthn.Credential) answer {
	b.h.t.Helper()
	begun := b.post("/api/v1/me/passkeys/begin", nil)
	if begun.status != http.StatusOK {
		return begun
	}
	options, err := virtualwebauthn.ParseAttestationOptions(begun.body)
	require.NoError(b.h.t, err)
	assert.True(b.h.t, b.credential.IsExcludedForAttestation(*options), "the browser is told what is enrolled already")
	response := virtualwebauthn.CreateAttestationResponse(party, b.authenticator, key, *options)
	finished := b.post("/api/v1/me/passkeys/finish", map[string]any{"name": called, "credential": json.RawMessage(response)})
	if finished.status == http.StatusNoContent {
		b.authenticator.AddCredential(key)
		b.credential = key
	}
	return finished
}

func (b *browser) passkeys() []Passkey {
	b.h.t.Helper()
	return into[struct{ Passkeys []Passkey }](b.get("/api/v1/me/passkeys"), http.StatusOK).Passkeys
}

func TestAPersonAddsAFurtherPasskeyAndSignsInWithIt(t *testing.T) {
	h := newHouse(t)
	ada := h.technician("ada")
	h.clock.pass(time.Second)
	further := newCredential(t)
	require.Equal(t, http.StatusNoContent, ada.addPasskey("Key on the ring", further).status)
	ada.addPasskey("The same again", further).problem(passkeyRefused)
	require.Equal(t, http.StatusOK, ada.get("/api/v1/me").status, "a refused passkey ends no session")

	h.clock.pass(2 * time.Minute)
	ada.addPasskey("Of a borrowed browser", newCredential(t)).problem(assertionNeeded)
	ada.put("/api/v1/me/passkeys/"+ada.passkeys()[0].Id, map[string]any{"name": "Mine"}).problem(assertionNeeded)
	require.Equal(t, http.StatusNoContent, ada.confirm("sign-in").status)

	kept := ada.passkeys()
	require.Len(t, kept, 2)
	assert.Equal(t, []string{"Test key", "Key on the ring"}, []string{kept[0].Name, kept[1].Name})
	assert.True(t, kept[0].LastUsedAt.IsZero(), "it only enrolled")
	assert.Equal(t, h.clock.now().UTC(), kept[1].LastUsedAt)
	assert.Equal(t, 1, h.audited(audit.PasskeyAdded))

	require.Equal(t, http.StatusNoContent, ada.delete("/api/v1/me/passkeys/"+kept[0].Id).status, "it is not the last one any more")
}

func TestAPersonRenamesAPasskey(t *testing.T) {
	h := newHouse(t)
	ada, grace := h.technician("ada"), h.technician("grace")
	path := "/api/v1/me/passkeys/" + ada.passkeys()[0].Id
	require.Equal(t, http.StatusNoContent, ada.put(path, map[string]any{"name": "Blue key"}).status)
	assert.Equal(t, "Blue key", ada.passkeys()[0].Name)
	assert.Equal(t, 1, h.audited(audit.PasskeyRenamed))

	ada.put(path, map[string]any{"name": "two\nlines"}).problem(invalidRequest)
	grace.put(path, map[string]any{"name": "Mine"}).problem(notFound)
	assert.Equal(t, "Blue key", ada.passkeys()[0].Name)
}
