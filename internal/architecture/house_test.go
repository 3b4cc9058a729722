package architecture

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

// room is a package of this module, as `go list -json` describes it.
type room struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
	Deps                               []string // Imports and what those contain, without the tests
}

// house is the module's packages by import path.
type house map[string]room

// readHouse lists the packages of the module that the working directory is in.
func readHouse() (house, error) {
	// -e: a package that does not build is somebody's test failure already; its imports can be read all the same.
	list := exec.Command("go", "list", "-e", "-json=ImportPath,Imports,TestImports,XTestImports,Deps", ours+"...")
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	h := house{}
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var r room
		switch err := decoder.Decode(&r); {
		case errors.Is(err, io.EOF):
			return h, nil
		case err != nil:
			return nil, fmt.Errorf("go list: %w", err)
		}
		h[r.ImportPath] = r
	}
}

// violations are the imports that the rule forbids, as "who imports whom".
func (r rule) violations(h house) (found []string) {
	for _, subject := range r.subjects(h) {
		for _, imported := range r.imports(h, subject) {
			if imported == subject.ImportPath { // an external test imports the package that it tests
				continue
			}
			if matches(r.never, imported) || r.only != nil && !matches(r.only, imported) {
				found = append(found, subject.ImportPath+" imports "+imported)
			}
		}
	}
	slices.Sort(found)
	return found
}

func (r rule) subjects(h house) (subjects []room) {
	for path, candidate := range h {
		inside := matches(r.of, path)
		if r.within && !inside {
			inside = slices.ContainsFunc(r.of, func(p pattern) bool { return slices.Contains(h[p].Deps, path) })
		}
		if inside && !matches(r.except, path) {
			subjects = append(subjects, candidate)
		}
	}
	return subjects
}

func (r rule) imports(h house, subject room) []string {
	all := slices.Clone(subject.Imports)
	if r.tests {
		all = slices.Concat(all, subject.TestImports, subject.XTestImports)
	}
	if r.deep {
		for _, direct := range slices.Clone(all) {
			all = append(all, h[direct].Deps...)
		}
		all = append(all, subject.Deps...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func matches(patterns []pattern, path string) bool {
	return slices.ContainsFunc(patterns, func(p pattern) bool {
		if p == "std" {
			first, _, _ := strings.Cut(path, "/")
			return !strings.Contains(first, ".") && !strings.HasPrefix(path, ours)
		}
		expression := strings.ReplaceAll(regexp.QuoteMeta(p), `\.\.\.`, `.*`)
		if prefix, found := strings.CutSuffix(expression, `/.*`); found {
			expression = prefix + `(/.*)?`
		}
		return regexp.MustCompile(`^` + expression + `$`).MatchString(path)
	})
}
