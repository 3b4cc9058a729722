package onemachine

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Found is the outcome of a search: for each needle, where it was found, plain or in one of the encodings that
// our parts use.
type Found struct {
	In map[string][]string
	// Places is what was looked through: files, tables and workflow histories, Bytes how much it was.
	Places int
	Bytes  int64

	needles needles
}

// Search looks for the needles in everything that the product, Temporal and the stand-in have written: all files
// in the machine's folder, the tables of every PostgreSQL database, and the histories of all workflows, both as they
// are stored and with the codec's encryption taken off. To learn whether a search would have found something,
// search for something that must be there as well.
func (m *Machine) Search(ctx context.Context, needles ...string) (*Found, error) {
	f := &Found{In: map[string][]string{}, needles: newNeedles(needles...)}
	if err := m.searchFiles(f); err != nil {
		return nil, err
	}
	databases := m.cfg.TemporalDatabases
	if strings.HasPrefix(m.cfg.DatabaseURL, "postgres") {
		databases = append(slices.Clone(databases), m.cfg.DatabaseURL)
	}
	for _, database := range databases {
		if err := searchTables(ctx, f, database); err != nil {
			return nil, err
		}
	}
	return f, m.searchHistories(ctx, f)
}

func (f *Found) look(place string, content []byte) {
	f.Places++
	f.Bytes += int64(len(content))
	for _, needle := range f.needles.in(content) {
		f.In[needle] = append(f.In[needle], place)
	}
}

func (m *Machine) searchFiles(f *Found) error {
	return filepath.WalkDir(m.cfg.Dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path == m.path("bin"):
			return fs.SkipDir // what we built, not what was written
		case !entry.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil // renamed or gone meanwhile
		}
		if err != nil {
			return err
		}
		place, err := filepath.Rel(m.cfg.Dir, path)
		f.look(place, content)
		return err
	})
}

// searchTables reads every row of every table as text; binary columns come as hexadecimal digits.
func searchTables(ctx context.Context, f *Found, databaseURL string) error {
	db, err := sql.Open("pgx", databaseURL)
	if err != nil {
		return fmt.Errorf("search the database: %w", err)
	}
	defer db.Close()
	names, err := column(ctx, db, "SELECT current_database()")
	if err != nil {
		return err
	}
	tables, err := column(ctx, db, `SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'public'`)
	if err != nil {
		return err
	}
	for _, table := range tables {
		rows, err := column(ctx, db, "SELECT t::text FROM "+table+" t")
		if err != nil {
			return err
		}
		f.look("table "+names[0]+"."+table, []byte(strings.Join(rows, "\n")))
	}
	return nil
}

func column(ctx context.Context, db *sql.DB, query string) (values []string, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("search the database: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var value string
		if err := rows.Scan(&value); err != nil {
			return nil, fmt.Errorf("search the database: %w", err)
		}
		values = append(values, value)
	}
	return values, rows.Err()
}

// forms are the ways in which one of our parts might have written a text.
func forms(text string) [][]byte {
	plain := []byte(text)
	all := [][]byte{plain, []byte(url.QueryEscape(text)), []byte(hex.EncodeToString(plain)), []byte(strings.ToUpper(hex.EncodeToString(plain)))}
	if quoted, err := json.Marshal(text); err == nil {
		all = append(all, bytes.Trim(quoted, `"`))
	}
	var wide []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(unit), byte(unit>>8))
	}
	all = append(all, wide)
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for before := range 3 {
			all = append(all, []byte(inBase64(encoding, plain, before)))
		}
	}
	return all
}

// inBase64 is what text looks like in the base64 of something longer, with so many bytes (modulo 3) before it:
// without the digits at either end that depend on the neighbours.
func inBase64(encoding *base64.Encoding, text []byte, before int) string {
	encoded := encoding.EncodeToString(append(make([]byte, before), text...))
	encoded = encoded[[]int{0, 2, 3}[before]:]
	if (before+len(text))%3 != 0 {
		encoded = encoded[:len(encoded)-1]
	}
	return encoded
}
