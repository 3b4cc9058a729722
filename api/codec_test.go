package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.temporal.io/api/common/v1"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

// sealedPayload is what Temporal stores of a text, as its web UI sends it.
func (h *house) sealedPayload(text string) Payload {
	h.t.Helper()
	sealed, err := h.codec.Encode([]*common.Payload{{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(text)}})
	require.NoError(h.t, err)
	return Payload{Metadata: sealed[0].GetMetadata(), Data: sealed[0].GetData()}
}

// decode asks as a page of the origin does.
func (b *browser) decode(from string, payloads ...Payload) answer {
	b.h.t.Helper()
	body, err := json.Marshal(Payloads{Payloads: payloads})
	require.NoError(b.h.t, err)
	return b.send(http.MethodPost, decodePath, "application/json", body, "Origin", from, "Sec-Fetch-Site", "same-site", "X-Namespace", "default")
}

func TestTemporalUIReadsWorkflowsAndEveryReadingIsAudited(t *testing.T) {
	h := newHouse(t)
	admin := h.signedIn("admin", access.Admin)
	clear := Payload{Metadata: map[string][]byte{"encoding": []byte("json/plain")}, Data: []byte(`"clear"`)}
	damaged := h.sealedPayload(`"damaged"`)
	damaged.Data[len(damaged.Data)-1] ^= 1

	got := admin.decode(temporalUI, h.sealedPayload(`"readable"`), clear, damaged)
	require.Equal(t, http.StatusOK, got.status, got.body)
	var answered Payloads
	require.NoError(t, json.Unmarshal([]byte(got.body), &answered))
	require.Len(t, answered.Payloads, 3)
	assert.Equal(t, `"readable"`, string(answered.Payloads[0].Data))
	assert.Equal(t, clear, answered.Payloads[1], "what was never sealed comes back as it is")
	assert.Equal(t, damaged, answered.Payloads[2], "one that does not open takes nothing from the others")
	assert.Equal(t, temporalUI, got.header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "true", got.header.Get("Access-Control-Allow-Credentials"))

	readings := func() (n int) {
		records, err := h.store.AuditRecords(t.Context(), 0, 1000)
		require.NoError(t, err)
		for _, r := range records {
			if r.Action == audit.WorkflowsRead {
				assert.Equal(t, admin.person.ID, r.Actor)
				n++
			}
		}
		return n
	}
	assert.Equal(t, 1, readings())
	admin.decode(temporalUI, h.sealedPayload(`"readable"`))
	assert.Equal(t, 1, readings(), "once for each quarter of an hour")
	h.clock.pass(15 * time.Minute)
	admin.decode(temporalUI, h.sealedPayload(`"readable"`))
	assert.Equal(t, 2, readings())
}

func TestOnlyTemporalUIIsAnotherOriginAndOnlyThere(t *testing.T) {
	h := newHouse(t)
	admin := h.signedIn("admin", access.Admin)
	payload := h.sealedPayload(`"readable"`)
	for _, from := range []string{
		"https://evil.example", "http://temporal.msp.example", "https://temporal.msp.example:8443", temporalUI + ".evil.example", "null",
	} {
		got := admin.decode(from, payload)
		got.problem(crossOrigin)
		assert.Empty(t, got.header.Get("Access-Control-Allow-Origin"), from)
	}
	elsewhere := admin.send(http.MethodPost, "/api/v1/sign-out", "application/json", []byte("{}"), "Origin", temporalUI, "Sec-Fetch-Site", "same-site")
	elsewhere.problem(crossOrigin)
	assert.Empty(t, elsewhere.header.Get("Access-Control-Allow-Origin"))

	asked := admin.send(http.MethodOptions, decodePath, "", nil, "Origin", temporalUI, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,x-namespace")
	assert.Equal(t, http.StatusNoContent, asked.status)
	assert.Equal(t, temporalUI, asked.header.Get("Access-Control-Allow-Origin"))
	assert.Equal(t, "Content-Type, X-Namespace", asked.header.Get("Access-Control-Allow-Headers"))
	asked = admin.send(http.MethodOptions, decodePath, "", nil, "Origin", "https://evil.example", "Access-Control-Request-Method", "POST")
	assert.Empty(t, asked.header.Get("Access-Control-Allow-Origin"))

	h.server.temporalUI = ""
	admin.decode(temporalUI, payload).problem(crossOrigin)
}

func TestDecodingNeedsARoleAndIsBounded(t *testing.T) {
	h := newHouse(t)
	payload := h.sealedPayload(`"readable"`)
	h.technician("ada").decode(temporalUI, payload).problem(roleRequired)
	stranger := h.anonymous()
	stranger.decode(temporalUI, payload).problem(signInRequired)
	auditor := h.signedIn("auditor", access.Auditor)
	assert.Equal(t, http.StatusOK, auditor.decode(temporalUI, payload).status)

	large := Payload{Data: []byte(strings.Repeat("x", longestPayloads))}
	auditor.decode(temporalUI, large).problem(bodyTooLarge)
}

func TestTheOriginOfTemporalUIIsAnOrigin(t *testing.T) {
	for _, wrong := range []string{"temporal.msp.example", "https://temporal.msp.example/", "https://temporal.msp.example/ui", "https://user@temporal.msp.example", "*", "ftp://temporal.msp.example"} {
		assert.ErrorIs(t, CheckTemporalUI(wrong), access.ErrInvalid, wrong)
	}
	for _, right := range []string{"", "https://temporal.msp.example", "http://localhost:8233"} {
		assert.NoError(t, CheckTemporalUI(right))
	}
}
