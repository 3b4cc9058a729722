package entrasim

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// predicate is a $filter, understood: a list of alternatives, each a list of terms that must all hold.
type predicate [][]term

// term is "path op literal", or the same inside "list/any(x: ...)".
type term struct {
	list    []string // of an any(): where the collection is
	path    []string
	op      string
	literal any // string, bool, float64, time.Time or nil
}

var (
	anyPattern  = regexp.MustCompile(`^([A-Za-z]+)/any\(\s*([a-z]+)\s*:\s*(.+)\)$`)
	termPattern = regexp.MustCompile(`^([A-Za-z_0-9]+(?:/[A-Za-z_0-9]+)*)\s+(eq|ge|le|gt|lt)\s+(.+)$`)
	callPattern = regexp.MustCompile(`^startswith\(\s*([A-Za-z/]+)\s*,\s*('.*')\s*\)$`)
)

// parseFilter understands what Microsoft documents for the collection: allowed maps a path (an any() is written
// "targetResources/any/id") to its operators. Anything else is refused as Graph refuses it.
func parseFilter(raw string, allowed map[string]string) (predicate, error) {
	var p predicate
	for _, alternative := range splitOutsideQuotes(raw, " or ") {
		var terms []term
		for _, part := range splitOutsideQuotes(alternative, " and ") {
			t, ok := parseTerm(trimParentheses(strings.TrimSpace(part)))
			key := strings.Join(t.path, "/")
			if len(t.list) > 0 {
				key = strings.Join(t.list, "/") + "/any/" + key
			}
			if !ok || !slices.Contains(strings.Fields(allowed[key]), t.op) {
				return nil, refuse(400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property '"+key+"'.")
			}
			terms = append(terms, t)
		}
		p = append(p, terms)
	}
	return p, nil
}

func trimParentheses(s string) string {
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		return strings.TrimSpace(s[1 : len(s)-1])
	}
	return s
}

func parseTerm(s string) (term, bool) {
	if m := anyPattern.FindStringSubmatch(s); m != nil {
		inner, ok := parseTerm(m[3])
		if !ok || len(inner.path) < 2 || inner.path[0] != m[2] {
			return term{}, false
		}
		inner.list, inner.path = []string{m[1]}, inner.path[1:]
		return inner, true
	}
	if m := callPattern.FindStringSubmatch(s); m != nil {
		literal, ok := parseLiteral(m[2])
		return term{path: strings.Split(m[1], "/"), op: "startswith", literal: literal}, ok
	}
	m := termPattern.FindStringSubmatch(s)
	if m == nil {
		return term{}, false
	}
	literal, ok := parseLiteral(m[3])
	return term{path: strings.Split(m[1], "/"), op: m[2], literal: literal}, ok
}

func parseLiteral(s string) (any, bool) {
	switch s {
	case "true", "false":
		return s == "true", true
	case "null":
		return nil, true
	}
	if len(s) >= 2 && s[0] == '\'' && s[len(s)-1] == '\'' {
		inner := s[1 : len(s)-1]
		if strings.Contains(strings.ReplaceAll(inner, "''", ""), "'") {
			return nil, false
		}
		return strings.ReplaceAll(inner, "''", "'"), true
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at, true
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

func splitOutsideQuotes(s, separator string) []string {
	var parts []string
	quoted, depth, from := false, 0, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\'':
			quoted = !quoted
		case !quoted && s[i] == '(':
			depth++
		case !quoted && s[i] == ')':
			depth--
		case !quoted && depth == 0 && strings.HasPrefix(s[i:], separator):
			parts = append(parts, s[from:i])
			i += len(separator) - 1
			from = i + 1
		}
	}
	return append(parts, s[from:])
}

func (p predicate) matches(o object) bool {
	return slices.ContainsFunc(p, func(terms []term) bool {
		return !slices.ContainsFunc(terms, func(t term) bool { return !t.matches(o) })
	})
}

func (t term) matches(o object) bool {
	if len(t.list) == 0 {
		return t.compare(at(o, t.path))
	}
	items, _ := at(o, t.list).([]any)
	return slices.ContainsFunc(items, func(item any) bool { return t.compare(at(item, t.path)) })
}

func at(v any, path []string) any {
	for _, name := range path {
		o, _ := v.(object)
		v = o[name]
	}
	return v
}

// compare follows Graph: strings without regard to case, instants as instants.
func (t term) compare(value any) bool {
	switch literal := t.literal.(type) {
	case string:
		s, ok := value.(string)
		if t.op == "startswith" {
			return ok && len(s) >= len(literal) && strings.EqualFold(s[:len(literal)], literal)
		}
		return ok && t.op == "eq" && strings.EqualFold(s, literal)
	case time.Time:
		stamp, err := time.Parse(time.RFC3339, text(value))
		if err != nil {
			return false
		}
		return ordered(stamp.Compare(literal), t.op)
	case float64:
		n, ok := value.(int)
		return ok && ordered(int(float64(n)-literal), t.op)
	case bool:
		b, ok := value.(bool)
		return ok && t.op == "eq" && b == literal
	default:
		return t.op == "eq" && value == nil
	}
}

func ordered(c int, op string) bool {
	switch op {
	case "eq":
		return c == 0
	case "ge":
		return c >= 0
	case "le":
		return c <= 0
	case "gt":
		return c > 0
	default:
		return c < 0
	}
}
