package store

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"hourglass/internal/access"
)

// instantLayout has a fixed width, so that in SQLite, where it is text, earlier is less. PostgreSQL
// reads it as a timestamptz.
const instantLayout = "2006-01-02 15:04:05.000000Z"

// instant is a column that holds a time: UTC, microseconds.
type instant struct{ time.Time }

func (i instant) Value() (driver.Value, error) {
	t := micro(i.Time)
	if t.Year() < 1 || t.Year() > 9999 {
		return nil, fmt.Errorf("%w: a time lies in the years 1 to 9999", access.ErrInvalid)
	}
	return t.Format(instantLayout), nil
}

func (i *instant) Scan(src any) (err error) {
	switch v := src.(type) {
	case time.Time:
		i.Time = v.UTC()
	case string:
		i.Time, err = time.Parse(instantLayout, v)
	default:
		err = fmt.Errorf("a time cannot be read from %T", src)
	}
	return err
}

func optionalInstant(t *time.Time) *instant {
	if t == nil {
		return nil
	}
	return &instant{*t}
}

func (i *instant) optional() *time.Time {
	if i == nil {
		return nil
	}
	return &i.Time
}

// text is a column in which "" is NULL.
type text string

func (t text) Value() (driver.Value, error) {
	if t == "" {
		return nil, nil
	}
	return string(t), nil
}

func (t *text) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*t = ""
	case string:
		*t = text(v)
	default:
		return fmt.Errorf("a text cannot be read from %T", src)
	}
	return nil
}

// list is a column that holds a JSON array of strings.
type list []string

func listOf[T any](values []T, write func(T) string) list {
	l := make(list, len(values))
	for i, v := range values {
		l[i] = write(v)
	}
	return l
}

func (l list) Value() (driver.Value, error) {
	b, err := json.Marshal([]string(l))
	return string(b), err
}

func (l *list) Scan(src any) error {
	switch v := src.(type) {
	case string:
		return json.Unmarshal([]byte(v), (*[]string)(l))
	case []byte:
		return json.Unmarshal(v, (*[]string)(l))
	}
	return fmt.Errorf("a list cannot be read from %T", src)
}

// structured is a column that holds a value as JSON; nil is NULL.
type structured[T any] struct{ value *T }

// GormDataType keeps gorm from taking T for another table.
func (structured[T]) GormDataType() string { return "json" }

func (d structured[T]) Value() (driver.Value, error) {
	if d.value == nil {
		return nil, nil
	}
	b, err := json.Marshal(d.value)
	return string(b), err
}

func (d *structured[T]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		d.value = nil
		return nil
	case string:
		return json.Unmarshal([]byte(v), &d.value)
	case []byte:
		return json.Unmarshal(v, &d.value)
	}
	return fmt.Errorf("a value cannot be read from %T", src)
}

// digest is a column that holds 32 bytes.
type digest [32]byte

func (d digest) Value() (driver.Value, error) { return d[:], nil }

func (d *digest) Scan(src any) error {
	b, isBytes := src.([]byte)
	if !isBytes || len(b) != len(d) {
		return errors.New("a digest has 32 bytes")
	}
	copy(d[:], b)
	return nil
}

// parsed reads one column by the domain's own parser and gathers what cannot be read in bad.
func parsed[S, T any](bad *error, parse func(S) (T, error), column S) T {
	v, err := parse(column)
	if err != nil {
		*bad = errors.Join(*bad, err)
	}
	return v
}

// parsedAll is parsed for each element of a list.
func parsedAll[T any](bad *error, parse func(string) (T, error), column list) []T {
	values := make([]T, len(column))
	for i, s := range column {
		values[i] = parsed(bad, parse, s)
	}
	return values
}

// parsedOrNone is parsed for a column in which NULL stands for the zero value.
func parsedOrNone[T any](bad *error, parse func(string) (T, error), column text) (none T) {
	if column == "" {
		return none
	}
	return parsed(bad, parse, string(column))
}

// limits reads what limitColumns wrote. Limits that cannot be read are the zero Limits, which admit
// nothing, and access.Decide says so to whoever asks: one unreadable limit must not hide a list.
func limits(standard, maximum *int64) access.Limits {
	if standard == nil || maximum == nil {
		return access.Limits{}
	}
	var bad error
	s, m := parsed(&bad, access.LifetimeOfSeconds, *standard), parsed(&bad, access.LifetimeOfSeconds, *maximum)
	l, err := access.NewLimits(s, m)
	if bad != nil || err != nil {
		return access.Limits{}
	}
	return l
}

func limitColumns(l access.Limits) (standard, maximum *int64) {
	if l == (access.Limits{}) {
		return nil, nil
	}
	s, m := l.Default().Seconds(), l.Maximum().Seconds()
	return &s, &m
}

// checkToken refuses what cannot name something in a key: it comes from outside.
func checkToken(what, s string) error {
	if s == "" || s != remark(s, 255) || !utf8.ValidString(s) {
		return fmt.Errorf("%w: %s has 1 to 255 printable characters", access.ErrInvalid, what)
	}
	return nil
}

// remark is text for people that came from outside and must never be in the way: what is no legal
// text is dropped, and the rest cut to at most longest characters.
func remark(s string, longest int) string {
	printable := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	runes := []rune(strings.TrimSpace(printable))
	return string(runes[:min(len(runes), longest)])
}
