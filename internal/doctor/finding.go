package doctor

import (
	"context"
	"sync"
	"time"
)

// Level says how bad a finding is.
type Level string

const (
	OK Level = "ok"
	// Warning: it works now and will not for ever, or not as well as it should.
	Warning Level = "warning"
	// Broken: some promise cannot be kept.
	Broken Level = "broken"
)

// Finding is one thing that was looked at.
type Finding struct {
	Part  string `json:"part"`
	Level Level  `json:"level"`
	// Says is one sentence, without a secret.
	Says string `json:"says"`
	// Remedy is what to do; "" where nothing has to be done.
	Remedy string `json:"remedy,omitempty"`
}

// Part is one thing to look at.
type Part struct {
	Name string
	Look func(context.Context) []Finding
}

// Report is everything that was found.
type Report struct {
	Level    Level     `json:"level"` // the worst
	Findings []Finding `json:"findings"`
}

// each part may take this long; asking a thousand tenants takes the longest.
const each = time.Minute

// Examine looks at all parts at the same time, and reports in their order.
func Examine(ctx context.Context, parts []Part) Report {
	found := make([][]Finding, len(parts))
	var looking sync.WaitGroup
	for i, part := range parts {
		looking.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, each)
			defer cancel()
			found[i] = part.Look(ctx)
			for j := range found[i] {
				found[i][j].Part = part.Name
			}
		})
	}
	looking.Wait()
	report := Report{Level: OK, Findings: []Finding{}}
	for _, some := range found {
		for _, finding := range some {
			report.Findings = append(report.Findings, finding)
			report.Level = worse(report.Level, finding.Level)
		}
	}
	return report
}

func worse(a, b Level) Level {
	order := map[Level]int{OK: 0, Warning: 1, Broken: 2}
	if order[b] > order[a] {
		return b
	}
	return a
}

func well(says string) Finding            { return Finding{Level: OK, Says: says} }
func warning(says, remedy string) Finding { return Finding{Level: Warning, Says: says, Remedy: remedy} }
func broken(says, remedy string) Finding  { return Finding{Level: Broken, Says: says, Remedy: remedy} }

// Settings reports what is wrong with them.
func Settings(mistakes []error) Part {
	return Part{"settings", func(context.Context) (found []Finding) {
		for _, mistake := range mistakes {
			found = append(found, broken(mistake.Error(), "correct the setting; docs/configuration.md has them all"))
		}
		if found == nil {
			found = append(found, well("can be read"))
		}
		return found
	}}
}
