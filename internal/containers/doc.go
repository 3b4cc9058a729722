// Package containers holds the tests of docker/: where no container engine is at hand, they check what can be checked without
// one. What nobody has run is named in docs/operate.md.
package containers
