package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
	"go.temporal.io/api/common/v1"
)

// Decoder opens what Temporal stores.
type Decoder interface {
	Decode([]*common.Payload) ([]*common.Payload, error)
}

// decodePath is the only address that answers to another origin than the portal's: that of Temporal's web UI.
const decodePath = "/api/v1/codec/decode"

// fromTemporalUI reports whether a page of Temporal's web UI asks for payloads. Its origin is compared letter by letter;
// whether somebody is signed in is asked later, as everywhere.
func (s *server) fromTemporalUI(r *http.Request) bool {
	return s.temporalUI != "" && r.URL.Path == decodePath && r.Header.Get("Origin") == s.temporalUI
}

// welcomeTemporalUI lets the browser hand the answer to that page, and answers the question that a browser asks first.
// The session cookie is sent because both addresses are of one site; SameSite=Strict keeps it from all others.
func (s *server) welcomeTemporalUI(c *gin.Context) {
	if c.Request.URL.Path != decodePath {
		return
	}
	h := c.Writer.Header()
	h.Add("Vary", "Origin")
	if !s.fromTemporalUI(c.Request) {
		return
	}
	h.Set("Access-Control-Allow-Origin", s.temporalUI)
	h.Set("Access-Control-Allow-Credentials", "true")
	if c.Request.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", http.MethodPost)
		h.Set("Access-Control-Allow-Headers", "Content-Type, X-Namespace")
		h.Set("Access-Control-Max-Age", "600")
		c.AbortWithStatus(http.StatusNoContent)
	}
}

// DecodePayloads opens each payload by itself: what does not open is given back as it came, so that the page shows
// everything else. Nothing readable leaves before its record is committed.
func (s *server) DecodePayloads(ctx context.Context, request DecodePayloadsRequestObject) (DecodePayloadsResponseObject, error) {
	ctx, by := begin(ctx)
	asked := request.Body.Payloads
	answer := DecodePayloads200JSONResponse{Payloads: asked}
	if len(asked) == 0 {
		return answer, nil
	}
	if err := s.store.RecordWorkflowsRead(ctx, by.person.ID); err != nil {
		return nil, err
	}
	for i, p := range asked {
		decoded, err := s.codec.Decode([]*common.Payload{{Metadata: p.Metadata, Data: p.Data}})
		if err == nil && len(decoded) == 1 {
			answer.Payloads[i] = Payload{Metadata: decoded[0].GetMetadata(), Data: decoded[0].GetData()}
		}
	}
	return answer, nil
}
