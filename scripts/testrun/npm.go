package main

import (
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// npmTests runs `npm test` in a folder, after `npm ci`. The folder's test runner, whichever it is, writes a
// JUnit report to the file that JUNIT_FILE names; without a report the part has failed.
func npmTests(folder string) func(context.Context, io.Writer) outcome {
	return func(ctx context.Context, out io.Writer) outcome {
		report, err := filepath.Abs(filepath.Join("test-results", folder+".xml"))
		if err != nil {
			return verdict(err, folder)
		}
		if err := os.Remove(report); err != nil && !os.IsNotExist(err) {
			return verdict(err, folder)
		}
		if err := os.MkdirAll(filepath.Dir(report), 0o755); err != nil {
			return verdict(err, folder)
		}
		if stale(folder) {
			install := command(ctx, out, "npm", "ci", "--no-audit", "--no-fund")
			install.Dir = folder
			if err := run(install, out); err != nil {
				return verdict(err, folder+": npm ci")
			}
		}
		test := command(ctx, out, "npm", "test")
		test.Dir = folder
		test.Env = append(test.Env, "JUNIT_FILE="+report)
		testErr := run(test, out)

		file, err := os.Open(report)
		if err != nil {
			return outcome{failed: []string{folder + ": npm test wrote no report"}}
		}
		defer file.Close()
		o, err := readJUnit(file)
		if err != nil {
			return verdict(err, folder+": the report")
		}
		if testErr != nil && len(o.failed) == 0 {
			o.failed = append(o.failed, folder+": npm test: "+testErr.Error())
		}
		return o
	}
}

// stale says whether the folder's modules were installed before its lock file was last changed. npm writes
// node_modules/.package-lock.json at the end of an installation, so that half a one is stale too.
func stale(folder string) bool {
	lock, err := os.Stat(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		return true
	}
	installed, err := os.Stat(filepath.Join(folder, "node_modules", ".package-lock.json"))
	return err != nil || installed.ModTime().Before(lock.ModTime())
}

// junitSuite is the part of a JUnit report that Vitest and Playwright both write. Playwright gives the reason
// of a skip as a property of the case, Vitest not at all.
type junitSuite struct {
	Suites []junitSuite `xml:"testsuite"`
	Cases  []struct {
		Name       string     `xml:"name,attr"`
		Class      string     `xml:"classname,attr"`
		Failures   []struct{} `xml:"failure"`
		Errors     []struct{} `xml:"error"`
		Properties []struct {
			Name  string `xml:"name,attr"`
			Value string `xml:"value,attr"`
		} `xml:"properties>property"`
		Skipped *struct {
			Message string `xml:"message,attr"`
		} `xml:"skipped"`
	} `xml:"testcase"`
}

func readJUnit(report io.Reader) (outcome, error) {
	var root junitSuite
	if err := xml.NewDecoder(report).Decode(&root); err != nil {
		return outcome{}, fmt.Errorf("read JUnit report: %w", err)
	}
	var o outcome
	o.add(root)
	return o, nil
}

func (o *outcome) add(s junitSuite) {
	for _, c := range s.Cases {
		name := strings.TrimSpace(c.Class + " " + c.Name)
		switch {
		case len(c.Failures)+len(c.Errors) > 0:
			o.failed = append(o.failed, name)
		case c.Skipped != nil:
			why := c.Skipped.Message
			for _, p := range c.Properties {
				if slices.Contains([]string{"skip", "fixme"}, p.Name) && p.Value != "" {
					why = p.Value
				}
			}
			if why == "" {
				why = "no reason given"
			}
			o.skipped = append(o.skipped, skip{name, why})
		default:
			o.passed++
		}
	}
	for _, inner := range s.Suites {
		o.add(inner)
	}
}
