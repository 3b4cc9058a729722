// Package api is the HTTP face of Hourglass: the documented API under /api/v1, sign-in by passkey, live
// updates, and the portal that package web holds.
//
// openapi.yaml comes first: the server code is generated from it, every request is validated against it,
// and what it does not name is refused. Then a request passes, in this order: request id and access log,
// recovery, security headers, limits, the refusal of cross-origin changes, the session, the table of who
// may do what (authorise.go), validation, which asks both again where the body was long in coming, the
// handler. Every error becomes a problem document by the tables in problems.go; the text of an error never
// leaves the process.
//
// The package speaks to the store, to the passkey service, to the vault and, through Engine, to the
// workflows. It may not know Microsoft, Temporal or gorm.
package api

//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 -config oapi-codegen.yaml -o server_gen.go openapi.yaml
