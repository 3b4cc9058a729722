package entrasim

import (
	"slices"
	"time"
)

// Who may act on whom: "Who can perform sensitive actions" and "Who can reset passwords" (resources/users, 2026-07-03).
// Sensitive are: accountEnabled, businessPhones, mobilePhone, onPremisesImmutableId, otherMails, passwordProfile,
// userPrincipalName, delete and restore.

// lowRoles do not protect the one who holds them from a User Administrator. (User Experience Success Manager belongs here
// too; the stand-in does not define it.)
var lowRoles = roleIDs("Directory Readers", "Guest Inviter", "Helpdesk Administrator", "Groups Administrator",
	"Message Center Reader", "Password Administrator", "Reports Reader", "User Administrator", "Usage Summary Reports Reader")

// mayActOn gives the roles, any of which a caller must hold, per kind of target.
var (
	mayActOnMost         = []string{RoleUserAdministrator, RolePrivilegedAuthenticationAdministrator, RoleGlobalAdministrator}
	mayActOnAuthAdmin    = []string{RoleAuthenticationAdministrator, RolePrivilegedAuthenticationAdministrator, RoleGlobalAdministrator}
	mayActOnTheProtected = []string{RolePrivilegedAuthenticationAdministrator, RoleGlobalAdministrator}
)

// sensitiveProperties need the right role when the target holds one.
var sensitiveProperties = []string{
	"accountEnabled", "businessPhones", "mobilePhone", "onPremisesImmutableId", "otherMails", "passwordProfile", "userPrincipalName",
}

func roleIDs(names ...string) []string {
	var ids []string
	for _, r := range builtInRoles {
		if slices.Contains(names, r.Name) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// privilege is what the directory knows about the target of a sensitive action.
type privilege struct {
	any     bool       // holds a role, or belongs to a role-assignable group
	allowed [][]string // the caller needs one role out of every list
}

func (t *directory) privilegeOf(u *user, now time.Time) privilege {
	var p privilege
	for _, role := range t.rolesSeen(u.ID, now) {
		p.any = true
		switch {
		case slices.Contains(lowRoles, role):
			p.allowed = append(p.allowed, mayActOnMost)
		case role == RoleAuthenticationAdministrator:
			p.allowed = append(p.allowed, mayActOnAuthAdmin)
		default: // all other built-in and all custom roles
			p.allowed = append(p.allowed, mayActOnTheProtected)
		}
	}
	for _, g := range t.Groups {
		if g.RoleAssignable && (slices.Contains(g.Members, u.ID) || slices.Contains(g.Owners, u.ID)) {
			p.any = true
			p.allowed = append(p.allowed, mayActOnTheProtected)
		}
	}
	return p
}

// mayActOn decides a sensitive action of an app on a user. An app without a role may act on users without privilege;
// with needsRole (the strict reading for passwords) it needs at least User Administrator even there.
func (t *directory) mayActOn(appPrincipal string, u *user, needsRole bool, now time.Time) bool {
	p := t.privilegeOf(u, now)
	if needsRole && !p.any {
		p.allowed = [][]string{mayActOnMost}
	}
	held := t.rolesSeen(appPrincipal, now)
	for _, any := range p.allowed {
		if !slices.ContainsFunc(any, func(role string) bool { return slices.Contains(held, role) }) {
			return false
		}
	}
	return true
}

func (t *directory) strict() bool { return t.Settings.PasswordRule == PasswordRuleStrict }
