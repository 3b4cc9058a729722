package entra

import (
	"context"
	"strings"

	abs "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"hourglass/internal/access"
)

// Method is one way to sign in that an account has registered.
type Method struct {
	ID string
	// Type is the last part of Microsoft's type name: "phoneAuthenticationMethod".
	Type string
}

const (
	typePrefix   = "#microsoft.graph."
	passwordType = "passwordAuthenticationMethod"
)

// removal is where the methods of one type are deleted.
type removal struct {
	collection string
	beta       bool // not yet in v1.0
}

// removals: /methods itself has no DELETE (microsoft-graph.md, 1.8).
var removals = map[string]removal{
	"phoneAuthenticationMethod":                   {collection: "phoneMethods"},
	"microsoftAuthenticatorAuthenticationMethod":  {collection: "microsoftAuthenticatorMethods"},
	"softwareOathAuthenticationMethod":            {collection: "softwareOathMethods"},
	"hardwareOathAuthenticationMethod":            {collection: "hardwareOathMethods", beta: true},
	"fido2AuthenticationMethod":                   {collection: "fido2Methods"},
	"windowsHelloForBusinessAuthenticationMethod": {collection: "windowsHelloForBusinessMethods"},
	"platformCredentialAuthenticationMethod":      {collection: "platformCredentialMethods"},
	"emailAuthenticationMethod":                   {collection: "emailMethods"},
	"temporaryAccessPassAuthenticationMethod":     {collection: "temporaryAccessPassMethods"},
	"externalAuthenticationMethod":                {collection: "externalAuthenticationMethods"},
}

// Methods lists every sign-in method but the password, which every account has for ever.
func (t *Tenant) Methods(ctx context.Context, id access.ObjectID) (methods []Method, err error) {
	err = t.read(ctx, "list sign-in methods", func(ctx context.Context) error {
		all, err := collect(func(next string) (models.AuthenticationMethodCollectionResponseable, error) {
			list := t.user(id).Authentication().Methods()
			if next != "" {
				list = list.WithUrl(next)
			}
			return list.Get(ctx, nil)
		})
		if err != nil {
			return err
		}
		for _, answer := range all {
			m, err := readMethod(answer)
			if err != nil {
				return err
			}
			if m.Type != passwordType {
				methods = append(methods, m)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return methods, nil
}

func readMethod(answer models.AuthenticationMethodable) (Method, error) {
	if answer == nil {
		return Method{}, errShape
	}
	name, typed := strings.CutPrefix(optional(answer.GetOdataType()), typePrefix)
	m := Method{ID: optional(answer.GetId()), Type: word(name)}
	if !typed || m.Type == "" || !plainID(m.ID) {
		return Method{}, errShape
	}
	return m, nil
}

// RemoveMethod removes one; a missing one counts as removed. Conflict: it is the default method and goes last.
// Invalid: Microsoft has no way to remove methods of that type.
func (t *Tenant) RemoveMethod(ctx context.Context, id access.ObjectID, m Method) error {
	const op = "remove sign-in method"
	by, removable := removals[m.Type]
	if !removable || !plainID(m.ID) {
		return &Error{Kind: Invalid, Op: op, Target: word(m.Type)}
	}
	base := t.adapter.GetBaseUrl()
	if by.beta {
		base = strings.TrimSuffix(base, "/v1.0") + "/beta"
	}
	err := t.write(ctx, op, func(ctx context.Context) error {
		_, err := t.send(ctx, abs.DELETE, "{+base}/users/{user}/authentication/{collection}/{method}",
			map[string]string{"base": base, "user": id.String(), "collection": by.collection, "method": m.ID})
		return err
	})
	if KindOf(err) == Invalid {
		// Microsoft refuses the default method with 400 and a code that says nothing; no other reason for a 400 is known here.
		return as(Conflict, err)
	}
	return gone(err)
}
