// Package postgrestest gives tests a real PostgreSQL: one server per test process, one fresh
// database per test. It is for tests only and knows nothing of the product.
package postgrestest
