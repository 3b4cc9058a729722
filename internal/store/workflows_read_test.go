package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/access"
	"hourglass/internal/audit"
)

func TestReadingWorkflowsIsAuditedOnceForEachQuarterOfAnHour(t *testing.T) {
	onEach(t, func(t *testing.T, w *world) {
		before, err := w.LastChange(t.Context())
		require.NoError(t, err)
		for _, err := range together(8, func(int) error { return w.RecordWorkflowsRead(t.Context(), w.admin.ID) }) {
			require.NoError(t, err)
		}
		after, err := w.LastChange(t.Context())
		require.NoError(t, err)
		assert.Equal(t, before+1, after)
		assert.Equal(t, audit.WorkflowsRead, w.lastRecord().Action)
		assert.Equal(t, w.admin.ID, w.lastRecord().Actor)

		require.NoError(t, w.RecordWorkflowsRead(t.Context(), w.grace.ID), "another person is another record")
		w.clock.Advance(15 * time.Minute)
		require.NoError(t, w.RecordWorkflowsRead(t.Context(), w.admin.ID))
		after, err = w.LastChange(t.Context())
		require.NoError(t, err)
		assert.Equal(t, before+3, after)
		w.sound()

		var nobody access.PersonID
		mint(w, &nobody)
		assert.ErrorIs(t, w.RecordWorkflowsRead(t.Context(), nobody), access.ErrNotFound)
	})
}
