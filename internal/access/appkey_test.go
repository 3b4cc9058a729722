package access

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestAppKeysAreWarnedAboutAt60And30And7Days(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		left time.Duration
		want int
	}{
		"far":                {61 * 24 * time.Hour, 0},
		"a second too early": {60*24*time.Hour + time.Second, 0},
		"60 days":            {60 * 24 * time.Hour, 60},
		"31 days":            {31 * 24 * time.Hour, 60},
		"30 days":            {30 * 24 * time.Hour, 30},
		"8 days":             {8 * 24 * time.Hour, 30},
		"7 days":             {7 * 24 * time.Hour, 7},
		"over":               {-time.Hour, 7},
	} {
		assert.Equal(t, c.want, AppKeyWarning(now.Add(c.left), now), name)
	}
}
