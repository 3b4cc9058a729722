package entra

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	abs "github.com/microsoft/kiota-abstractions-go"

	"hourglass/internal/access"
)

// Tenant is safe for concurrent use.
type Tenant struct {
	id      access.TenantID
	adapter abs.RequestAdapter
	clock   func() time.Time
	limiter *limiter
	tokens  *tokens

	passPolicy kept[PassPolicy]
	licence    kept[access.Licence]
}

// App is the app as the tenant knows it.
type App struct {
	ClientID access.ClientID
	// PrincipalID is its own object in the tenant; zero where the token does not say.
	PrincipalID access.ObjectID
	// Permissions that the tenant has consented to, by name.
	Permissions []string
}

// App reads them from a token that is fetched anew, because older ones keep the permissions of their own time. The
// token must be the app's own.
func (t *Tenant) App(ctx context.Context) (App, error) {
	t.tokens.forgetAll()
	fresh, err := t.tokens.get(ctx)
	if err != nil {
		return App{}, (&call{op: opToken}).gaveUp(err)
	}
	if !strings.EqualFold(fresh.appID, fresh.by.ClientID.String()) {
		return App{}, &Error{Kind: Unauthenticated, Op: opToken, Code: CodeWrongApp}
	}
	a := App{ClientID: fresh.by.ClientID, Permissions: fresh.roles}
	_ = readID(&a.PrincipalID, &fresh.principal) // zero: nothing but its own roles needs it
	return a, nil
}

// ReadAnew makes the next questions go to Microsoft, whatever is kept of earlier answers.
func (t *Tenant) ReadAnew() {
	t.passPolicy.forget()
	t.licence.forget()
}

// Permissions are those of App.
func (t *Tenant) Permissions(ctx context.Context) ([]string, error) {
	a, err := t.App(ctx)
	return a.Permissions, err
}

// errShape is what readers of answers return for one that lacks what was asked for; run makes an Error of it.
var errShape = errors.New("answer of the wrong shape")

// read asks a question.
func (t *Tenant) read(ctx context.Context, op string, do func(context.Context) error) error {
	return t.run(ctx, &call{op: op}, do)
}

// write has an effect. Where its answer is lost, nobody knows whether it had: Ambiguous.
func (t *Tenant) write(ctx context.Context, op string, do func(context.Context) error) error {
	return t.run(ctx, &call{op: op, write: true}, do)
}

// run lets do speak to Graph through the SDK, and returns nil or an *Error. Whatever else the SDK comes back with, also by
// a panic, is an answer that it could not read: the request had been built from our own values.
func (t *Tenant) run(ctx context.Context, c *call, do func(context.Context) error) (err error) {
	c.tenant, c.tokens, c.limiter = t.id, t.tokens, t.limiter
	defer func() {
		if recover() != nil {
			err = c.unreadable()
		}
	}()
	err = do(context.WithValue(ctx, callKey{}, c))
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e // without what net/http and the SDK wrapped around it: a URL with the user's name
	}
	return c.unreadable()
}

// send is for what the SDK has no small package for. It returns the body of a successful answer, nil if there was none.
func (t *Tenant) send(ctx context.Context, method abs.HttpMethod, template string, parameters map[string]string) ([]byte, error) {
	request := abs.NewRequestInformationWithMethodAndUrlTemplateAndPathParameters(method, template, parameters)
	request.Headers.TryAdd("Accept", "application/json")
	body, err := t.adapter.SendPrimitive(ctx, request, "[]byte", nil)
	if err != nil || body == nil {
		return nil, err
	}
	return body.([]byte), nil
}

// page is what the SDK's answers to lists have in common.
type page[T any] interface {
	comparable
	GetValue() []T
	GetOdataNextLink() *string
}

// mostPages bounds a list. A longer one is an error and not a shorter list: what was left out would count as absent.
const mostPages = 20

// collect follows a list to its end. get fetches the first page for "", any other by the address that Graph gave for it.
func collect[T any, P page[T]](get func(nextLink string) (P, error)) ([]T, error) {
	var all []T
	var none P
	next := ""
	for range mostPages {
		p, err := get(next)
		if err != nil {
			return nil, err
		}
		if p == none || p.GetValue() == nil {
			return nil, errShape
		}
		all = append(all, p.GetValue()...)
		link := p.GetOdataNextLink()
		if link == nil || *link == "" {
			return all, nil
		}
		next = *link
	}
	return nil, errShape
}

// must reads a property that was asked for; without it the answer has the wrong shape.
func must[T any](value *T) (T, error) {
	if value == nil {
		var none T
		return none, errShape
	}
	return *value, nil
}

func optional(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}

// readID reads an id that was asked for.
func readID[K any](into *access.ID[K], value *string) (err error) {
	*into, err = access.ParseID[access.ID[K]](optional(value))
	return err
}

// anyPlainID: GUIDs, and base64url for assignments and keys. What has no letter or digit could be a path of its own ("..").
var anyPlainID = regexp.MustCompile(`^[A-Za-z0-9_.~=+-]*[A-Za-z0-9][A-Za-z0-9_.~=+-]*$`)

// plainID is for ids that Microsoft makes no promise about.
func plainID(s string) bool { return len(s) <= 256 && anyPlainID.MatchString(s) }

// gone makes a removal safe to repeat: what is not there was removed.
func gone(err error) error {
	if KindOf(err) == NotFound {
		return nil
	}
	return err
}
