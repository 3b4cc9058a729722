package entrasim

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// user is one account. Properties that have no behaviour here live in Props, under Graph's names.
type user struct {
	ID                string
	UPN               string
	Enabled           bool
	Props             object
	Password          secretHash
	PasswordChanged   time.Time
	ForceChange       bool
	Created           time.Time
	SessionsValidFrom time.Time
	DeletedAt         time.Time `json:",omitzero"`
	UPNBefore         string    `json:",omitempty"` // the name before the deletion renamed it
	Locked            bool      `json:",omitempty"` // smart lockout, set by a test
	Methods           []*method
}

// UserSpec seeds an account, as a customer's own administrator would create it.
type UserSpec struct {
	UPN         string `json:"userPrincipalName"`
	DisplayName string `json:"displayName"`
	Password    string `json:"password"`
	EmployeeID  string `json:"employeeId,omitempty"`
	Disabled    bool   `json:"disabled,omitempty"`
	// Roles are assigned directly: names or template ids.
	Roles []string `json:"roles,omitempty"`
}

// AddUser creates an account outside of Graph and returns its object id.
func (s *Sim) AddUser(tenant string, spec UserSpec) (string, error) {
	var id string
	err := s.in(tenant, func(t *directory) error {
		now := s.now()
		nickname, _, _ := strings.Cut(spec.UPN, "@")
		u := &user{
			ID: uuid.NewString(), UPN: spec.UPN, Enabled: !spec.Disabled, Created: now, SessionsValidFrom: now,
			Props: object{"displayName": spec.DisplayName, "mailNickname": nickname},
		}
		if spec.DisplayName == "" {
			u.Props["displayName"] = nickname
		}
		if spec.EmployeeID != "" {
			u.Props["employeeId"] = spec.EmployeeID
		}
		if err := t.checkUPN(u.UPN, ""); err != nil {
			return err
		}
		t.setPassword(u, spec.Password, now)
		t.Users[u.ID] = u
		id = u.ID
		t.audit(now, byHand, "Add user", "UserManagement", "Add", u.target())
		for _, role := range spec.Roles {
			if _, err := t.assign(role, u.ID, "/", now, byHand); err != nil {
				return err
			}
		}
		return nil
	})
	return id, err
}

// ChangeUser alters an account outside of Graph, as a customer's administrator would: nil leaves a thing as it is.
type ChangeUser struct {
	AccountEnabled *bool   `json:"accountEnabled,omitempty"`
	Password       *string `json:"password,omitempty"`
	UPN            *string `json:"userPrincipalName,omitempty"`
	Locked         *bool   `json:"locked,omitempty"`
	RevokeSessions bool    `json:"revokeSessions,omitempty"`
}

// UpdateUser applies a change to the user with this id, user name or employeeId.
func (s *Sim) UpdateUser(tenant, key string, change ChangeUser) error {
	return s.in(tenant, func(t *directory) error {
		u := t.find(key)
		if u == nil {
			return fmt.Errorf("entrasim: no user %s", key)
		}
		now := s.now()
		if change.UPN != nil {
			if err := t.checkUPN(*change.UPN, u.ID); err != nil {
				return err
			}
			u.UPN = *change.UPN
		}
		if change.AccountEnabled != nil {
			u.Enabled = *change.AccountEnabled
		}
		if change.Locked != nil {
			u.Locked = *change.Locked
		}
		if change.Password != nil {
			t.setPassword(u, *change.Password, now)
		}
		if change.RevokeSessions {
			t.revokeSessions(u, now)
		}
		t.audit(now, byHand, "Update user", "UserManagement", "Update", u.target())
		return nil
	})
}

// DeleteUser soft-deletes the user with this id, user name or employeeId, as a customer's administrator would.
func (s *Sim) DeleteUser(tenant, key string) error {
	return s.in(tenant, func(t *directory) error {
		u := t.find(key)
		if u == nil {
			return fmt.Errorf("entrasim: no user %s", key)
		}
		t.softDelete(u, s.now(), byHand)
		return nil
	})
}

// find looks a user up by id, user name or employeeId; nil if there is none.
func (t *directory) find(key string) *user {
	if u, ok := t.Users[strings.ToLower(key)]; ok {
		return u
	}
	for _, u := range t.Users {
		if strings.EqualFold(u.UPN, key) || u.Props["employeeId"] == key {
			return u
		}
	}
	return nil
}

// byName looks a user up by user name; nil if there is none.
func (t *directory) byName(upn string) *user {
	for _, u := range t.Users {
		if strings.EqualFold(u.UPN, upn) {
			return u
		}
	}
	return nil
}

// users lists in the order of creation.
func (t *directory) users() []*user {
	return slices.SortedFunc(maps.Values(t.Users), func(a, b *user) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
}

// upnPattern holds the characters that Microsoft allows in the local part: A-Z a-z 0-9 ' . - _ ! # ^ ~
var upnPattern = regexp.MustCompile(`^[A-Za-z0-9'.\-_!#^~]{1,64}$`)

// checkUPN refuses a user name that is malformed, outside the verified domains, or held by a user other than self.
func (t *directory) checkUPN(upn, self string) error {
	local, name, ok := strings.Cut(upn, "@")
	if !ok || !upnPattern.MatchString(local) || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") {
		return badRequest("Property userPrincipalName is invalid.")
	}
	if dom, ok := t.domain(name); !ok || dom.Unverified {
		return badRequest("The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.")
	}
	if other := t.byName(upn); other != nil && other.ID != self {
		return conflict("userPrincipalName")
	}
	return nil
}

// checkPassword is Microsoft's complexity rule: 8 to 256 characters, three of the four classes, not the user's name.
func checkPassword(password, upn string) error {
	var lower, upper, digit, other int
	for _, r := range password {
		switch {
		case r >= 'a' && r <= 'z':
			lower = 1
		case r >= 'A' && r <= 'Z':
			upper = 1
		case r >= '0' && r <= '9':
			digit = 1
		default:
			other = 1
		}
	}
	local, _, _ := strings.Cut(upn, "@")
	named := len(local) > 3 && strings.Contains(strings.ToLower(password), strings.ToLower(local))
	if len(password) < 8 || len(password) > 256 || lower+upper+digit+other < 3 || named {
		return badRequest("The specified password does not comply with password complexity requirements. Please provide a different password.")
	}
	return nil
}

// setPassword changes the password; an empty one fits nothing.
func (t *directory) setPassword(u *user, password string, now time.Time) {
	u.Password = secretHash{}
	if password != "" {
		u.Password = hashSecret(password)
	}
	u.PasswordChanged = now
	t.endSessions(u, "The password was reset.", true)
}

func (t *directory) revokeSessions(u *user, now time.Time) {
	u.SessionsValidFrom = now
	t.endSessions(u, "The sessions were revoked.", false)
}

func (t *directory) federated(u *user) bool {
	_, name, _ := strings.Cut(u.UPN, "@")
	dom, _ := t.domain(name)
	return dom.Federated
}

// softDelete moves a user to the deleted items and frees its user name by putting the object id in front of it.
func (t *directory) softDelete(u *user, now time.Time, by initiator) {
	delete(t.Users, u.ID)
	u.DeletedAt, u.UPNBefore = now, u.UPN
	u.UPN = strings.ReplaceAll(u.ID, "-", "") + u.UPN
	t.Deleted[u.ID] = u
	t.audit(now, by, "Delete user", "UserManagement", "Delete", u.target())
}

func (u *user) target() auditTarget {
	return auditTarget{Type: "User", ID: u.ID, UPN: u.UPN, DisplayName: text(u.Props["displayName"])}
}

// render gives every property that the stand-in knows, under Graph's names; Graph's $select picks from it.
func (u *user) render() object {
	o := object{
		"id": u.ID, "userPrincipalName": u.UPN, "accountEnabled": u.Enabled, "businessPhones": []any{}, "userType": "Member",
		"createdDateTime": stamp(u.Created), "lastPasswordChangeDateTime": stamp(u.PasswordChanged),
		"signInSessionsValidFromDateTime": stamp(u.SessionsValidFrom),
	}
	if !u.DeletedAt.IsZero() {
		o["deletedDateTime"] = stamp(u.DeletedAt)
	}
	maps.Copy(o, u.Props)
	return o
}
