package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGoTestEventsAreCounted(t *testing.T) {
	for name, c := range map[string]struct {
		events string
		want   outcome
		prints string
	}{
		"a pass and a failed subtest": {
			events: `{"Action":"run","Package":"hourglass/api","Test":"TestA"}
{"Action":"pass","Package":"hourglass/api","Test":"TestA"}
{"Action":"output","Package":"hourglass/api","Test":"TestB/x","Output":"    b_test.go:7: wanted 1\n"}
{"Action":"fail","Package":"hourglass/api","Test":"TestB/x"}
{"Action":"fail","Package":"hourglass/api"}`,
			want:   outcome{passed: 1, failed: []string{"api.TestB/x"}},
			prints: "wanted 1",
		},
		"a skip keeps its reason, without the place": {
			events: `{"Action":"output","Package":"hourglass/api","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"hourglass/api","Test":"TestA","Output":"    a_test.go:3: no PostgreSQL server binaries\n"}
{"Action":"output","Package":"hourglass/api","Test":"TestA","Output":"--- SKIP: TestA (0.00s)\n"}
{"Action":"skip","Package":"hourglass/api","Test":"TestA"}
{"Action":"pass","Package":"hourglass/api","Elapsed":0.1}`,
			want:   outcome{skipped: []skip{{"api.TestA", "no PostgreSQL server binaries"}}},
			prints: "ok   api",
		},
		"a package that does not build is one failure": {
			events: `{"ImportPath":"hourglass/api","Action":"build-output","Output":"api/x.go:1:1: expected package\n"}
{"Action":"output","Package":"hourglass/api","Output":"FAIL\thourglass/api [build failed]\n"}
{"Action":"fail","Package":"hourglass/api","FailedBuild":"hourglass/api"}`,
			want:   outcome{failed: []string{"api"}},
			prints: "expected package",
		},
		"a package without tests counts nothing": {
			events: `{"Action":"skip","Package":"hourglass/worker"}`,
		},
		"a line that is no event is passed on": {
			events: `go: downloading something`,
			prints: "go: downloading something",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			got, err := readGoTest(strings.NewReader(c.events), &out)
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
			assert.Contains(t, out.String(), c.prints)
		})
	}
}

func TestJUnitReportIsCounted(t *testing.T) {
	got, err := readJUnit(strings.NewReader(`<testsuites><testsuite name="signin.spec.ts">
<testcase name="signs in" classname="signin.spec.ts"/>
<testcase name="fills" classname="fill.spec.ts"><failure message="x">boom</failure></testcase>
<testcase name="on a phone" classname="phone.spec.ts"><properties><property name="skip" value="no touch screen"/></properties><skipped/></testcase>
</testsuite></testsuites>`))
	require.NoError(t, err)
	assert.Equal(t, outcome{
		passed:  1,
		failed:  []string{"fill.spec.ts fills"},
		skipped: []skip{{"phone.spec.ts on a phone", "no touch screen"}},
	}, got)

	_, err = readJUnit(strings.NewReader("no report"))
	assert.Error(t, err)
}

func TestSummaryEndsWithThePlainCounts(t *testing.T) {
	var out bytes.Buffer
	screen{&out, true}.summary([]outcome{
		{part: "go vet", passed: 1, took: time.Second},
		{part: "Go tests", passed: 3, failed: []string{"api.TestB"}, skipped: []skip{{"api.TestC", "no server"}}},
	})
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	assert.Equal(t, "4 passed, 1 failed, 1 skipped", lines[len(lines)-1])
	assert.Contains(t, out.String(), "api.TestC")
	assert.Contains(t, out.String(), "no server")
}

func TestCheckThatFailsIsOneFailure(t *testing.T) {
	assert.Equal(t, 1, check("true")(t.Context(), io.Discard).passed)
	assert.Len(t, check("false")(t.Context(), io.Discard).failed, 1)
	assert.Len(t, check("no-such-command")(t.Context(), io.Discard).failed, 1)
}
