package store

import (
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

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
func nameCursor(sortName, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(id + sortName))
}

// parseNameCursor reads what nameCursor wrote; anything else is access.ErrInvalid.
func parseNameCursor(s string) (sortName, id string, err error) {
	const idLength = 36
	raw, undecoded := base64.RawURLEncoding.DecodeString(s)
	if undecoded == nil && len(raw) > idLength {
		id, sortName = string(raw[:idLength]), string(raw[idLength:])
	}
	// A cursor comes from outside, and PostgreSQL takes neither another id nor a text that is no UTF-8 or has a zero in it. It may
	// be no name all the same: a row whose name cannot be read has a place as well.
	_, noID := access.ParseID[access.CustomerID](id)
	if noID != nil || !utf8.ValidString(sortName) || strings.ContainsRune(sortName, 0) {
		return "", "", fmt.Errorf("%w: not a cursor of this list", access.ErrInvalid)
	}
	return sortName, id, nil
}

// containing is the LIKE pattern, with ESCAPE '\', of names that contain a text.
func containing(search string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(search)) + "%"
}
