// Package access is the domain of Hourglass: customers, people, access profiles,
// entitlements and grants, the one table of grant transitions, and the decision
// whether a request becomes a grant.
//
// Its types are made by constructors and can only hold legal values; whatever
// cannot be read as a legal value is refused, never assumed. The package is pure:
// it imports the standard library alone, keeps no state, reads no clock and draws
// no random numbers. It knows nothing of databases, of Temporal or of Microsoft.
package access
