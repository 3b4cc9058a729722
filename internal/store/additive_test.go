package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"hourglass/internal/postgrestest"
)

// stricter are the migrations that refuse what an earlier version of the product could write, each with the reason why none does.
var stricter = map[int64]string{
	4:  "what no version did is refused",
	26: "the trigger writes down the handle for a version that does not know of it",
	27: "the trigger takes the place of one that took less",
}

// TestMigrationsAreAdditive: while processes of the earlier version run, what they read is still there, and what they write is
// still taken. So a migration of PostgreSQL, on which alone versions run side by side, adds and loosens, and does nothing else.
func TestMigrationsAreAdditive(t *testing.T) {
	files, err := fs.Sub(migrations, "migrations/postgres")
	require.NoError(t, err)
	found := breaks(t, files)
	for version, words := range found {
		assert.Contains(t, stricter, version, "%s", strings.Join(words, "\n"))
	}
	for version := range stricter {
		assert.Contains(t, found, version, "it is additive")
	}
}

// TestBreakingMigrationsAreFound: the test above sees each way to break an earlier version.
func TestBreakingMigrationsAreFound(t *testing.T) {
	for statement, says := range map[string]string{
		"ALTER TABLE things DROP COLUMN name":               "things.name is gone",
		"ALTER TABLE things RENAME COLUMN name TO label":    "things.name is gone",
		"DROP TABLE things":                                 "things.name is gone",
		"ALTER TABLE things ALTER COLUMN size TYPE text":    "things.size was integer, is text",
		"ALTER TABLE things ALTER COLUMN size SET NOT NULL": "things.size has to be given",
		"ALTER TABLE things ADD COLUMN colour text NOT NULL DEFAULT 'red'; ALTER TABLE things ALTER COLUMN colour DROP DEFAULT": "things.colour has to be given",
		"ALTER TABLE things ALTER COLUMN name DROP DEFAULT":                                                                     "things.name has to be given",
		"ALTER TABLE things ADD CHECK (size > 0)":                                                                               "things: a new rule CHECK ((size > 0))",
		"CREATE UNIQUE INDEX things_once ON things (name)":                                                                      "things: a new rule CREATE UNIQUE INDEX",
		"ALTER TABLE things ADD FOREIGN KEY (size) REFERENCES things (id)":                                                      "things: a new rule FOREIGN KEY",
		"CREATE TRIGGER t BEFORE DELETE ON things EXECUTE FUNCTION refuse()":                                                    "things: a new rule CREATE TRIGGER",
	} {
		found := breaks(t, fstest.MapFS{
			"00001_first.sql":  {Data: []byte("-- +goose Up\nCREATE TABLE things (id integer PRIMARY KEY, name text NOT NULL DEFAULT '', size integer);\n-- +goose StatementBegin\nCREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;\n-- +goose StatementEnd\n")},
			"00002_second.sql": {Data: []byte("-- +goose Up\n" + statement + ";\n")},
		})
		assert.Contains(t, strings.Join(found[2], "\n"), says, statement)
	}
	harmless := breaks(t, fstest.MapFS{
		"00001_first.sql":  {Data: []byte("-- +goose Up\nCREATE TABLE things (id integer PRIMARY KEY, name text NOT NULL);")},
		"00002_second.sql": {Data: []byte("-- +goose Up\nALTER TABLE things ADD COLUMN size integer CHECK (size > 0);\nCREATE TABLE others (id integer PRIMARY KEY REFERENCES things);\nCREATE INDEX by_name ON things (name);\nALTER TABLE things ALTER COLUMN name DROP NOT NULL;")},
	})
	assert.Empty(t, harmless)
}

// breaks applies one migration after the other, and says of each what of the tables before it no longer holds.
func breaks(t *testing.T, files fs.FS) map[int64][]string {
	t.Helper()
	db, err := sql.Open("pgx", postgrestest.URL(t))
	require.NoError(t, err)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithDisableGlobalRegistry(true))
	require.NoError(t, err)
	found := map[int64][]string{}
	before := shapeOf(t, db)
	for range provider.ListSources() {
		applied, err := provider.UpByOne(t.Context())
		require.NoError(t, err)
		after := shapeOf(t, db)
		if words := before.brokenBy(after); len(words) > 0 {
			found[applied.Source.Version] = words
		}
		before = after
	}
	return found
}

// shape is what a writer has to heed.
type shape struct {
	columns map[string]column          // by table.column
	rules   map[string]map[string]rule // by table and definition
}

type column struct {
	kind string
	// given: an INSERT has to name it.
	given bool
}

// rule is a constraint, a unique index or a trigger, with the columns that it is about.
type rule struct{ columns []string }

func shapeOf(t *testing.T, db *sql.DB) shape {
	t.Helper()
	s := shape{columns: map[string]column{}, rules: map[string]map[string]rule{}}
	read(t, db, `SELECT table_name, column_name, data_type, is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
		FROM information_schema.columns WHERE table_schema = 'public'`, func(scan func(...any) error) error {
		var table, name string
		var c column
		err := scan(&table, &name, &c.kind, &c.given)
		s.columns[table+"."+name] = c
		return err
	})
	// A constraint that NOT NULL is is told by the columns; the index of a constraint, by the constraint.
	read(t, db, `
		SELECT r.relname, pg_get_constraintdef(c.oid), coalesce((SELECT string_agg(attname, ' ') FROM pg_attribute WHERE attrelid = r.oid AND attnum = ANY (c.conkey)), '')
		FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid WHERE r.relnamespace = 'public'::regnamespace AND c.contype IN ('c', 'f', 'p', 'u', 'x')
		UNION ALL
		SELECT r.relname, pg_get_indexdef(i.indexrelid), coalesce((SELECT string_agg(attname, ' ') FROM pg_attribute WHERE attrelid = r.oid AND attnum = ANY (i.indkey)), '')
		FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid WHERE r.relnamespace = 'public'::regnamespace AND i.indisunique
			AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid)
		UNION ALL
		SELECT r.relname, pg_get_triggerdef(t.oid), ''
		FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid WHERE r.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal`,
		func(scan func(...any) error) error {
			var table, definition, columns string
			err := scan(&table, &definition, &columns)
			if s.rules[table] == nil {
				s.rules[table] = map[string]rule{}
			}
			s.rules[table][definition] = rule{strings.Fields(columns)}
			return err
		})
	return s
}

func read(t *testing.T, db *sql.DB, query string, row func(scan func(...any) error) error) {
	t.Helper()
	rows, err := db.QueryContext(context.WithoutCancel(t.Context()), query)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		require.NoError(t, row(rows.Scan))
	}
	require.NoError(t, rows.Err())
}

// brokenBy compares the tables that were there before.
func (s shape) brokenBy(after shape) (words []string) {
	tables := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(s.columns)) {
		was := s.columns[name]
		table, _, _ := strings.Cut(name, ".")
		tables[table] = true
		is, there := after.columns[name]
		switch {
		case !there:
			words = append(words, name+" is gone")
		case is.kind != was.kind:
			words = append(words, fmt.Sprintf("%s was %s, is %s", name, was.kind, is.kind))
		case is.given && !was.given:
			words = append(words, name+" has to be given")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after.columns)) {
		table, _, _ := strings.Cut(name, ".")
		if _, known := s.columns[name]; !known && tables[table] && after.columns[name].given {
			words = append(words, name+" has to be given")
		}
	}
	for _, table := range slices.Sorted(maps.Keys(tables)) {
		for definition, rule := range after.rules[table] {
			_, known := s.rules[table][definition]
			// What holds for new columns alone, an earlier version leaves alone too.
			old := len(rule.columns) == 0 || slices.ContainsFunc(rule.columns, func(c string) bool { _, was := s.columns[table+"."+c]; return was })
			if !known && old {
				words = append(words, table+": a new rule "+definition)
			}
		}
	}
	return words
}
