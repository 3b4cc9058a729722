package store

import (
	"strings"
	"sync"

	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"
)

// Statements name the columns that they read. With * what a connection has prepared fails once a migration has added a column
// (PostgreSQL: "cached plan must not change result type"), and processes of the earlier version run on meanwhile.

// columnsOf are the columns of a row's table, under an alias.
func columnsOf[R any](alias string) string {
	names := columnNames[R]()
	for i, name := range names {
		names[i] = alias + "." + name + " AS " + name
	}
	return strings.Join(names, ", ")
}

// returning has a DELETE or an UPDATE return whole rows.
func returning[R any]() clause.Returning {
	var columns []clause.Column
	for _, name := range columnNames[R]() {
		columns = append(columns, clause.Column{Name: name})
	}
	return clause.Returning{Columns: columns}
}

// parsedRows keeps what gorm finds in the row types.
var parsedRows sync.Map

func columnNames[R any]() []string {
	parsed, err := schema.Parse(new(R), &parsedRows, schema.NamingStrategy{})
	if err != nil {
		panic(err) // a row type of this package
	}
	return append([]string{}, parsed.DBNames...)
}
