// Package engine speaks to the workflows of grants: it starts them, sends them updates and asks them
// queries. It knows Temporal's client and the names in package workflows, and turns what comes back
// into the errors of the domain. It decides nothing.
package engine
