package access

import (
	"database/sql/driver"
	"fmt"
)

// ID is a GUID in its canonical lower-case form. K only tells one kind of id
// from another, so that a customer's id cannot be passed where a person's belongs.
// The zero value is "no id": it prints as "" and is stored as NULL.
type ID[K any] struct{ guid string }

type (
	grantKind       struct{}
	personKind      struct{}
	customerKind    struct{}
	profileKind     struct{}
	entitlementKind struct{}
	teamKind        struct{}
	accountKind     struct{}
	tenantKind      struct{}
	roleKind        struct{}
	objectKind      struct{}
	permissionKind  struct{}
	attemptKind     struct{}
	clientKind      struct{}
	appKeyKind      struct{}
	departureKind   struct{}
	drillKind       struct{}
	browserKind     struct{}
	launchKind      struct{}
)

type (
	GrantID       = ID[grantKind]
	PersonID      = ID[personKind]
	CustomerID    = ID[customerKind]
	ProfileID     = ID[profileKind]
	EntitlementID = ID[entitlementKind]
	TeamID        = ID[teamKind]
	AccountID     = ID[accountKind]
	// TenantID names an Entra tenant.
	TenantID = ID[tenantKind]
	// RoleID is the template id of an Entra directory role; it is the same in every tenant.
	RoleID = ID[roleKind]
	// ObjectID names an object (here always a user) inside an Entra tenant.
	ObjectID = ID[objectKind]
	// PermissionID names an application permission of Microsoft Graph; it is the same in every tenant.
	PermissionID = ID[permissionKind]
	// AttemptID names an attempt to connect a customer.
	AttemptID = ID[attemptKind]
	// ClientID is the application (client) id of an app registration.
	ClientID = ID[clientKind]
	// AppKeyID names one secret or certificate that was given for a customer's tenant.
	AppKeyID = ID[appKeyKind]
	// DepartureID names the leaving of a customer.
	DepartureID = ID[departureKind]
	// DrillID names a drill.
	DrillID = ID[drillKind]
	// BrowserID names a paired browser.
	BrowserID = ID[browserKind]
	// LaunchID names one sign-in that a paired browser began.
	LaunchID = ID[launchKind]
)

// idPointer lets ParseID be called with the kind of id that is wanted: ParseID[GrantID](s).
type idPointer[I any] interface {
	*I
	parse(string) error
}

// ParseID reads a GUID in its hyphenated form, upper or lower case.
func ParseID[I any, P idPointer[I]](s string) (I, error) {
	var id I
	err := P(&id).parse(s)
	return id, err
}

// MustID is ParseID for ids that are written in the source; it panics on anything else.
func MustID[I any, P idPointer[I]](s string) I {
	id, err := ParseID[I, P](s)
	if err != nil {
		panic(err)
	}
	return id
}

func (id *ID[K]) parse(s string) error {
	if len(s) != 36 {
		return fmt.Errorf("%w: an id has 36 characters", ErrInvalid)
	}
	b := []byte(s)
	for i, c := range b {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return fmt.Errorf("%w: an id has the form 8-4-4-4-12", ErrInvalid)
			}
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f':
		case 'A' <= c && c <= 'F':
			b[i] = c + 'a' - 'A'
		default:
			return fmt.Errorf("%w: an id holds hexadecimal digits only", ErrInvalid)
		}
	}
	id.guid = string(b)
	return nil
}

func (id ID[K]) String() string { return id.guid }

// IsZero reports whether id names nothing.
func (id ID[K]) IsZero() bool { return id.guid == "" }

// MarshalText makes ids readable in JSON; the zero id becomes "".
func (id ID[K]) MarshalText() ([]byte, error) { return []byte(id.guid), nil }

// UnmarshalText accepts what MarshalText produces.
func (id *ID[K]) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*id = ID[K]{}
		return nil
	}
	return id.parse(string(b))
}

// Bind is UnmarshalText for the generated server: in a query it takes a struct without Bind for an object, and would
// leave the id out.
func (id *ID[K]) Bind(s string) error { return id.UnmarshalText([]byte(s)) }

// Value stores the id as text, the zero id as NULL.
func (id ID[K]) Value() (driver.Value, error) {
	if id.IsZero() {
		return nil, nil
	}
	return id.guid, nil
}

// Scan reads what Value stored.
func (id *ID[K]) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*id = ID[K]{}
		return nil
	case string:
		return id.UnmarshalText([]byte(v))
	case []byte:
		return id.UnmarshalText(v)
	}
	return fmt.Errorf("%w: an id cannot be read from %T", ErrInvalid, src)
}
