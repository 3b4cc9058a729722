package entra

import (
	"context"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/users"

	"hourglass/internal/access"
)

// Account is what Microsoft says about a user.
type Account struct {
	ID       access.ObjectID
	UserName string
	Enabled  bool
	// Marker is the employeeId, whoever wrote it; "" if there is none.
	Marker string
	// SessionsValidFrom is the instant before which sign-ins are void; zero where Microsoft does not say.
	SessionsValidFrom time.Time
}

var accountProperties = []string{"id", "userPrincipalName", "accountEnabled", "employeeId", "signInSessionsValidFromDateTime"}

// The builders are made anew for every call: the SDK writes into the map that a builder holds.
func (t *Tenant) users() *users.UsersRequestBuilder {
	return users.NewUsersRequestBuilderInternal(map[string]string{}, t.adapter)
}

func (t *Tenant) user(id access.ObjectID) *users.UserItemRequestBuilder {
	return t.users().ByUserId(id.String())
}

// FindAccount finds the account that carries the marker. None: NotFound, which soon after a creation can be a replica
// that lags. More than one: Conflict.
func (t *Tenant) FindAccount(ctx context.Context, m access.Marker) (found Account, err error) {
	const op = "find account"
	filter := "employeeId eq '" + m.String() + "'"
	err = t.read(ctx, op, func(ctx context.Context) error {
		first := &users.UsersRequestBuilderGetRequestConfiguration{
			QueryParameters: &users.UsersRequestBuilderGetQueryParameters{Filter: &filter, Select: accountProperties},
		}
		all, err := collect(func(next string) (models.UserCollectionResponseable, error) {
			if next != "" {
				return t.users().WithUrl(next).Get(ctx, nil)
			}
			return t.users().Get(ctx, first)
		})
		switch {
		case err != nil:
			return err
		case len(all) == 0:
			return &Error{Kind: NotFound, Op: op}
		case len(all) > 1:
			return &Error{Kind: Conflict, Op: op, Target: "employeeId"}
		}
		if found, err = readAccount(all[0]); err == nil && found.Marker != m.String() {
			return errShape
		}
		return err
	})
	return found, err
}

// Account reads one account by its id.
func (t *Tenant) Account(ctx context.Context, id access.ObjectID) (Account, error) {
	return t.readUser(ctx, "read account", id.String(), func(a Account) bool { return a.ID == id })
}

// AccountNamed reads one account by its user principal name.
func (t *Tenant) AccountNamed(ctx context.Context, upn access.UPN) (Account, error) {
	return t.readUser(ctx, "read account by name", upn.String(), func(a Account) bool {
		return strings.EqualFold(a.UserName, upn.String())
	})
}

func (t *Tenant) readUser(ctx context.Context, op, key string, isAsked func(Account) bool) (a Account, err error) {
	err = t.read(ctx, op, func(ctx context.Context) error {
		answer, err := t.users().ByUserId(key).Get(ctx, &users.UserItemRequestBuilderGetRequestConfiguration{
			QueryParameters: &users.UserItemRequestBuilderGetQueryParameters{Select: accountProperties},
		})
		if err != nil {
			return err
		}
		if a, err = readAccount(answer); err == nil && !isAsked(a) {
			return errShape
		}
		return err
	})
	if err != nil {
		return Account{}, err
	}
	return a, nil
}

// readAccount refuses an account that does not say whether it is enabled.
func readAccount(u models.Userable) (Account, error) {
	if u == nil {
		return Account{}, errShape
	}
	enabled, err := must(u.GetAccountEnabled())
	if err != nil {
		return Account{}, err
	}
	a, err := readNames(u)
	a.Enabled, a.Marker = enabled, optional(u.GetEmployeeId())
	if from := u.GetSignInSessionsValidFromDateTime(); from != nil {
		a.SessionsValidFrom = from.UTC()
	}
	return a, err
}

func readNames(u models.Userable) (a Account, err error) {
	if u == nil {
		return Account{}, errShape
	}
	if a.UserName, err = must(u.GetUserPrincipalName()); err != nil {
		return Account{}, err
	}
	return a, readID(&a.ID, u.GetId())
}

// NewAccount is what CreateAccount needs.
type NewAccount struct {
	UPN         access.UPN
	DisplayName access.Name
	Marker      access.Marker
	Password    access.Secret
	// Federated is told where the name is in a federated domain: Microsoft then wants to know the user by an id of the customer's own
	// sign-in service (user-post-users, onPremisesImmutableId). It gets the marker, which that service does not know.
	Federated bool
}

// CreateAccount creates a disabled account that carries the marker. Conflict, with Target "userPrincipalName", when the
// name is taken; after Ambiguous, FindAccount tells whether it exists. Microsoft answers with the id and the name alone:
// the other fields of the result are what was asked for.
func (t *Tenant) CreateAccount(ctx context.Context, n NewAccount) (created Account, err error) {
	body := models.NewUser()
	body.SetAccountEnabled(new(false))
	body.SetUserPrincipalName(new(n.UPN.String()))
	body.SetMailNickname(new(n.UPN.MailNickname()))
	body.SetDisplayName(new(n.DisplayName.String()))
	body.SetEmployeeId(new(n.Marker.String()))
	body.SetPasswordProfile(passwordProfile(n.Password))
	if n.Federated {
		body.SetOnPremisesImmutableId(new(n.Marker.String()))
	}
	err = t.write(ctx, "create account", func(ctx context.Context) error {
		answer, err := t.users().Post(ctx, body, nil)
		if err != nil {
			return err
		}
		created, err = readNames(answer)
		if err == nil && !strings.EqualFold(created.UserName, n.UPN.String()) {
			return errShape
		}
		return err
	})
	if err != nil {
		return Account{}, err
	}
	created.Marker = n.Marker.String()
	return created, nil
}

// SetPassword changes the password and nothing else: Microsoft authorises a PATCH as a whole, so that a refused
// password would take a change of accountEnabled with it.
func (t *Tenant) SetPassword(ctx context.Context, id access.ObjectID, password access.Secret) error {
	body := models.NewUser()
	body.SetPasswordProfile(passwordProfile(password))
	return t.patch(ctx, "set password", id, body)
}

// SetEnabled switches the account on or off and changes nothing else.
func (t *Tenant) SetEnabled(ctx context.Context, id access.ObjectID, enabled bool) error {
	body := models.NewUser()
	body.SetAccountEnabled(&enabled)
	op := "disable account"
	if enabled {
		op = "enable account"
	}
	return t.patch(ctx, op, id, body)
}

// DeleteAccount deletes the account, which Microsoft keeps for 30 days more; a missing one counts as deleted. Microsoft
// lets an app with User.ReadWrite.All delete accounts that hold no privileged role (microsoft-graph.md, 1.12).
func (t *Tenant) DeleteAccount(ctx context.Context, id access.ObjectID) error {
	return gone(t.write(ctx, "delete account", func(ctx context.Context) error {
		return t.user(id).Delete(ctx, nil)
	}))
}

// patch wants a new user that holds the changed property alone; Microsoft refuses some of a read user's properties.
func (t *Tenant) patch(ctx context.Context, op string, id access.ObjectID, body models.Userable) error {
	return t.write(ctx, op, func(ctx context.Context) error {
		_, err := t.user(id).Patch(ctx, body, nil)
		return err
	})
}

func passwordProfile(password access.Secret) models.PasswordProfileable {
	p := models.NewPasswordProfile()
	p.SetPassword(new(password.Reveal()))
	p.SetForceChangePasswordNextSignIn(new(false))
	return p
}

// RevokeSessions voids every sign-in made until now. Any success will do: Microsoft answers 200 or 204, with or without a body.
func (t *Tenant) RevokeSessions(ctx context.Context, id access.ObjectID) error {
	return t.write(ctx, "revoke sessions", func(ctx context.Context) error {
		request, err := t.user(id).RevokeSignInSessions().ToPostRequestInformation(ctx, nil)
		if err != nil {
			return err
		}
		return t.adapter.SendNoContent(ctx, request, nil)
	})
}
