package main

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A process that is told to end does so well, also where somebody takes an answer slowly.
func TestASlowAnswerIsNoFailureOfTheEnd(t *testing.T) {
	begun := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	answered := make(chan error)
	go func() {
		answer, err := server.Client().Get(server.URL)
		if err == nil {
			err = answer.Body.Close()
		}
		answered <- err
	}()
	<-begun

	require.NoError(t, end(t.Context(), slog.New(slog.DiscardHandler), server.Config, time.Millisecond))
	assert.Error(t, <-answered, "it was broken off")
}
