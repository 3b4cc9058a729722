package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestATargetIsJudgedByTheMedianOfTheRatios(t *testing.T) {
	for name, c := range map[string]struct {
		ours, theirs []float64
		target       *target
		want         string
	}{
		"no target":            {[]float64{9}, []float64{1}, nil, ""},
		"at least, met":        {[]float64{4, 2, 1}, []float64{2, 1, 9}, atLeast(1.8), "yes"},
		"at least, missed":     {[]float64{4, 1, 1}, []float64{2, 1, 9}, atLeast(1.8), "NO"},
		"at most, met":         {[]float64{1}, []float64{3}, atMost(1.0 / 3), "yes"},
		"at most, missed":      {[]float64{1.1}, []float64{3}, atMost(1.0 / 3), "NO"},
		"our figure, met":      {[]float64{38}, []float64{1}, atMostOurs(40), "yes"},
		"our figure, missed":   {[]float64{41}, []float64{84}, atMostOurs(40), "NO"},
		"a run without a peer": {[]float64{1}, nil, atMost(1), "NO"},
	} {
		assert.Equal(t, c.want, row{ours: c.ours, theirs: c.theirs, target: c.target}.met(), name)
	}
}

func TestTheReportIsOneTableAndWhatIsBehindIt(t *testing.T) {
	measured := section{number: 1, title: "throughput"}
	measured.add(row{what: "grants", beside: "bare", unit: perSecond, ours: []float64{9, 10, 8}, theirs: []float64{5, 5, 5}, target: atLeast(1.8)})
	measured.detail("%d grants", 120)
	var out strings.Builder
	require.NoError(t, report(&out, []section{measured}, []string{"2 cores"}))
	assert.Equal(t, `line  measured  Hourglass  beside          ratio  min–max    target   met
1     grants    9.00/s     bare    5.00/s  1.80   1.60–2.00  >= 1.80  yes

Behind line 1, throughput:
  120 grants

Measured on: 2 cores
`, out.String())
}
