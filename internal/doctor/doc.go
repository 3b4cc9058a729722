// Package doctor examines a deployment: what the product needs, one part after the other, and for whatever is amiss what
// to do about it. It changes nothing.
//
// It is told what to examine, and knows store, Temporal, keys and Microsoft's client as they are: what it says is what the
// product itself would meet.
package doctor
