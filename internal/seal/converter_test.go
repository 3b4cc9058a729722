package seal_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	failurepb "go.temporal.io/api/failure/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"hourglass/internal/access"
	"hourglass/internal/seal"
)

func TestTwoKeysNoValueInClear(t *testing.T) {
	data := seal.DataConverter(seal.NewCodec(newKeyset(t)))
	type input struct{ Reason string }

	heartbeat, err := data.ToPayloads(input{canary}, canary, []byte(canary)) // heartbeat details go this way too
	require.NoError(t, err)
	assertNoCanary(t, heartbeat)
	var in input
	var text string
	var raw []byte
	require.NoError(t, data.FromPayloads(heartbeat, &in, &text, &raw))
	assert.Equal(t, []string{canary, canary, canary}, []string{in.Reason, text, string(raw)})

	clear, err := converter.GetDefaultDataConverter().ToPayload(canary)
	require.NoError(t, err)
	assert.ErrorIs(t, data.FromPayload(clear, &text), seal.ErrClearPayload)
	assert.NotContains(t, data.ToString(clear), canary)
}

func TestTwoKeysNoFailureInClear(t *testing.T) {
	codec := seal.NewCodec(newKeyset(t))
	failures := seal.FailureConverter(codec)
	secretCause := fmt.Errorf("outer %s: %w", canary, errors.New("inner "+canary))
	application := temporal.NewApplicationErrorWithOptions("message "+canary, "graph.forbidden", temporal.ApplicationErrorOptions{
		NonRetryable: true, Cause: secretCause, Details: []any{canary, map[string]string{"k": canary}}, NextRetryDelay: time.Minute,
	})
	cases := map[string]error{
		"message":             errors.New(canary),
		"wrapped cause":       secretCause,
		"application error":   application,
		"wrapped application": fmt.Errorf("%s: %w", canary, application),
		"heartbeat details":   temporal.NewHeartbeatTimeoutError(canary),
		"cancellation":        temporal.NewCanceledError(canary),
		"joined":              errors.Join(errors.New(canary), application),
	}
	for name, err := range cases {
		t.Run(name, func(t *testing.T) {
			failure := failures.ErrorToFailure(err)
			assertNoCanary(t, failure)
			for part := failure; part != nil; part = part.GetCause() {
				assert.Equal(t, "Encoded failure", part.GetMessage())
				assert.Empty(t, part.GetStackTrace())
			}
			if name == "heartbeat details" || name == "cancellation" { // their canary is in the details alone
				return
			}
			assert.ErrorContains(t, failures.FailureToError(failure), canary, "with the key it can be read")
		})
	}

	failure := failures.ErrorToFailure(application)
	assert.Equal(t, "graph.forbidden", failure.GetApplicationFailureInfo().GetType(), "the type is never encrypted")
	var decoded *temporal.ApplicationError
	require.ErrorAs(t, failures.FailureToError(failure), &decoded)
	var detail string
	require.NoError(t, decoded.Details(&detail))
	assert.Equal(t, canary, detail)
	var timeout *temporal.TimeoutError
	require.ErrorAs(t, failures.FailureToError(failures.ErrorToFailure(cases["heartbeat details"])), &timeout)
	require.NoError(t, timeout.LastHeartbeatDetails(&detail))
	assert.Equal(t, canary, detail)
}

// A failure that cannot be encoded must not take a worker down, and with it the end of grants.
func TestAFailureThatCannotBeEncodedIsStillAFailure(t *testing.T) {
	failures := seal.FailureConverter(seal.NewCodec(newKeyset(t)))
	unencodable := temporal.NewApplicationErrorWithOptions("message "+canary, "graph.throttled", temporal.ApplicationErrorOptions{
		NonRetryable: true, NextRetryDelay: time.Minute, Details: []any{access.NewSecret(canary)},
	})
	cases := map[string]struct {
		err          error
		wantType     string
		nonRetryable bool
	}{
		"an application error":   {unencodable, "graph.throttled", true},
		"one that is wrapped":    {fmt.Errorf("%s: %w", canary, unencodable), "", false},
		"a cancellation":         {temporal.NewCanceledError(make(chan int)), "", false},
		"text that is not UTF-8": {errors.New(canary + "\xff"), "", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var failure *failurepb.Failure
			require.NotPanics(t, func() { failure = failures.ErrorToFailure(c.err) })
			assertNoCanary(t, failure)
			assert.Equal(t, c.nonRetryable, failure.GetApplicationFailureInfo().GetNonRetryable())
			if c.wantType != "" {
				assert.Equal(t, c.wantType, failure.GetApplicationFailureInfo().GetType())
				assert.Equal(t, time.Minute, failure.GetApplicationFailureInfo().GetNextRetryDelay().AsDuration())
			}
		})
	}
	assert.Nil(t, failures.ErrorToFailure(nil))
	assert.NoError(t, failures.FailureToError(nil))
}
