package api

import (
	"encoding/base64"
	"fmt"
	"io"

	"github.com/google/uuid"

	"hourglass/internal/access"
)

// newID draws a random GUID (RFC 9562, version 4).
func newID(random io.Reader) string { return uuid.Must(uuid.NewRandomFromReader(random)).String() }

// newMarker draws the marker of an account that may have to be created.
func newMarker(random io.Reader) (access.Marker, error) {
	var b [8]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return access.Marker{}, fmt.Errorf("drawing a marker: %w", err)
	}
	return access.NewMarker(b), nil
}

// newNonce draws what one response's content security policy lets in (CSP level 3, 7.1: at least 128 bits).
func newNonce(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("drawing a nonce: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}
