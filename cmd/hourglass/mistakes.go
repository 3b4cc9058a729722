package main

import (
	"fmt"
	"strings"
)

// mistakes collects everything that is wrong with the settings, so that an operator mends it in one go.
type mistakes struct{ all []error }

// note keeps err and reports whether there was none.
func (m *mistakes) note(err error) bool {
	if err != nil {
		m.all = append(m.all, err)
	}
	return err == nil
}

// err is nil where nothing was noted.
func (m *mistakes) err() error {
	if len(m.all) == 0 {
		return nil
	}
	return m
}

// Error is the list that the operator reads: one mistake a line.
func (m *mistakes) Error() string {
	var b strings.Builder
	b.WriteString("the settings cannot be used:")
	for _, mistake := range m.all {
		fmt.Fprintf(&b, "\n  - %s", strings.ReplaceAll(mistake.Error(), "\n", "\n    "))
	}
	return b.String()
}
