package store

import (
	"encoding/base64"
	"fmt"
	"strings"

	"hourglass/internal/access"
)

const (
	usualPage   = 50
	longestPage = 1000
)

func pageSize(asked int) int {
	if asked <= 0 {
		return usualPage
	}
	return min(asked, longestPage)
}

// sortName is a name as lists are ordered by it and searched in: both databases then compare bytes.
func sortName(n access.Name) string { return strings.ToLower(n.String()) }

// nameCursor is the place behind one item of a list that is ordered by name and id.
func nameCursor(name access.Name, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(id + sortName(name)))
}

// parseNameCursor reads what nameCursor wrote; anything else is access.ErrInvalid.
func parseNameCursor(s string) (name, id string, err error) {
	const idLength = 36
	raw, undecoded := base64.RawURLEncoding.DecodeString(s)
	if undecoded == nil && len(raw) > idLength {
		id, name = string(raw[:idLength]), string(raw[idLength:])
	}
	// A cursor comes from outside, and PostgreSQL takes neither another id nor a text with a zero in it.
	_, noID := access.ParseID[access.CustomerID](id)
	parsed, noName := access.NewName(name)
	if noID != nil || noName != nil || sortName(parsed) != name {
		return "", "", fmt.Errorf("%w: not a cursor of this list", access.ErrInvalid)
	}
	return name, id, nil
}

// containing is the LIKE pattern, with ESCAPE '\', of names that contain a text.
func containing(search string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(search)) + "%"
}
