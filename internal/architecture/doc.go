// Package architecture is the test that enforces who may know whom in this module, by reading the imports. It
// holds no code of the product. rules_test.go is the table: a sentence of the design beside what it forbids.
package architecture
