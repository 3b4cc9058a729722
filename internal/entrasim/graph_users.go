package entrasim

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// employeeIDLimit is Microsoft's: at most 16 characters (resources/user).
const employeeIDLimit = 16

var userDefaults = strings.Fields("id businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName")

var usersKind = &collection{
	context: "users", typ: "user", selects: userSelects, byPlain: userDefaults, paged: true, page: 100, maxPage: 999,
	filters: map[string]string{
		"id": "eq", "userPrincipalName": "eq startswith", "mailNickname": "eq startswith", "employeeId": "eq startswith",
		"displayName": "eq startswith", "accountEnabled": "eq", "mail": "eq startswith", "userType": "eq", "createdDateTime": "eq ge le gt lt",
	},
	orders: "displayName",
}

// target is the user that the path names by id or user name, if the replica has heard of it.
func (c *call) target() (*user, error) {
	key := c.key(1)
	u := c.Users[strings.ToLower(key)]
	if u == nil {
		u = c.byName(key)
	}
	if u == nil || !c.visible(u.ID, c.now) {
		return nil, notFound(key)
	}
	return u, nil
}

func listUsers(c *call) (answer, error) {
	marker, byMarker := c.asked("employeeId")
	name, byName := c.asked("userPrincipalName")
	var list []object
	for _, u := range c.users() {
		other := byMarker && !strings.EqualFold(text(u.Props["employeeId"]), marker) || byName && !strings.EqualFold(u.UPN, name)
		if !other && c.visible(u.ID, c.now) {
			list = append(list, u.render())
		}
	}
	return c.many(usersKind, list)
}

func getUser(c *call) (answer, error) {
	u, err := c.target()
	if err != nil {
		return answer{}, err
	}
	return c.one(http.StatusOK, usersKind, u.render())
}

func createUser(c *call) (answer, error) {
	for _, name := range []string{"accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"} {
		if c.body[name] == nil || c.body[name] == "" {
			return answer{}, badRequest("A value is required for property '" + name + "' of resource 'User'.")
		}
	}
	upn := text(c.body["userPrincipalName"])
	profile, _ := c.body["passwordProfile"].(object)
	if err := c.checkUPN(upn, ""); err != nil {
		return answer{}, err
	}
	if err := checkPassword(text(profile["password"]), upn); err != nil {
		return answer{}, err
	}
	if err := checkUserValues(c.body); err != nil {
		return answer{}, err
	}
	u := &user{ID: uuid.NewString(), UPN: upn, Created: c.now, SessionsValidFrom: c.now, Props: object{}}
	if c.federated(u) && text(c.body["onPremisesImmutableId"]) == "" {
		return answer{}, badRequest("A value is required for property 'onPremisesImmutableId' of resource 'User': the domain is federated.")
	}
	u.apply(c)
	c.Users[u.ID] = u
	c.hide(u.ID, c.now)
	c.audit(c.now, c.by(), "Add user", "UserManagement", "Add", u.target())
	return c.one(http.StatusCreated, usersKind, u.render())
}

// checkUserValues holds the limits of single properties.
func checkUserValues(body object) error {
	if len([]rune(text(body["employeeId"]))) > employeeIDLimit {
		return badRequest("Invalid value specified for property 'employeeId' of resource 'User'.")
	}
	if nickname, ok := body["mailNickname"].(string); ok && (len(nickname) > 64 || strings.ContainsAny(nickname, "@()/[]\";:<>, ")) {
		return badRequest("Invalid value specified for property 'mailNickname' of resource 'User'.")
	}
	if name, ok := body["displayName"].(string); ok && (len([]rune(name)) > 256 || name == "") {
		return badRequest("Invalid value specified for property 'displayName' of resource 'User'.")
	}
	return nil
}

// apply writes the body's properties, which were checked, onto the user.
func (u *user) apply(c *call) {
	for name, value := range c.body {
		switch name {
		case "accountEnabled":
			u.Enabled, _ = value.(bool)
		case "userPrincipalName":
			u.UPN = text(value)
		case "passwordProfile":
			profile, _ := value.(object)
			if password, ok := profile["password"].(string); ok {
				c.setPassword(u, password, c.now)
			}
			if force, ok := profile["forceChangePasswordNextSignIn"].(bool); ok {
				u.ForceChange = force
			}
		default:
			if value == nil {
				delete(u.Props, name)
			} else {
				u.Props[name] = value
			}
		}
	}
}

func updateUser(c *call) (answer, error) {
	u, err := c.target()
	if err != nil {
		return answer{}, err
	}
	if !c.mayPatch(c.body) {
		return answer{}, denied()
	}
	_, password := c.body["passwordProfile"]
	sensitive := slices.ContainsFunc(sensitiveProperties, func(name string) bool { _, ok := c.body[name]; return ok })
	if sensitive && !c.mayActOn(c.claims.ObjectID, u, password && c.strict(), c.now) {
		return answer{}, denied()
	}
	if err := c.checkPatch(u); err != nil {
		return answer{}, err
	}
	enabled := u.Enabled
	u.apply(c)
	activity := "Update user"
	switch {
	case password:
		activity = "Reset user password"
	case enabled && !u.Enabled:
		activity = "Disable account"
	case !enabled && u.Enabled:
		activity = "Enable account"
	}
	c.audit(c.now, c.by(), activity, "UserManagement", "Update", u.target())
	return answer{status: http.StatusNoContent}, nil
}

// checkPatch refuses values that the directory does not take, before anything is changed.
func (c *call) checkPatch(u *user) error {
	for _, required := range []string{"accountEnabled", "displayName", "mailNickname", "userPrincipalName"} {
		if value, given := c.body[required]; given && (value == nil || value == "") {
			return badRequest("Invalid value specified for property '" + required + "' of resource 'User'.")
		}
	}
	if upn, ok := c.body["userPrincipalName"].(string); ok {
		if err := c.checkUPN(upn, u.ID); err != nil {
			return err
		}
	}
	if profile, ok := c.body["passwordProfile"].(object); ok {
		if c.federated(u) {
			return badRequest("Unable to update the specified properties for on-premises mastered or federated users.")
		}
		if password, given := profile["password"]; given {
			if err := checkPassword(text(password), u.UPN); err != nil {
				return err
			}
		}
	}
	return checkUserValues(c.body)
}

func deleteUser(c *call) (answer, error) {
	u, err := c.target()
	if err != nil {
		return answer{}, err
	}
	if !c.mayActOn(c.claims.ObjectID, u, false, c.now) {
		return answer{}, denied()
	}
	c.softDelete(u, c.now, c.by())
	return answer{status: http.StatusNoContent}, nil
}

func revokeSessions(c *call) (answer, error) {
	u, err := c.target()
	if err != nil {
		return answer{}, err
	}
	if c.strict() && !c.mayActOn(c.claims.ObjectID, u, false, c.now) {
		return answer{}, denied()
	}
	c.revokeSessions(u, c.now)
	c.audit(c.now, c.by(), "Update StsRefreshTokenValidFrom Timestamp", "UserManagement", "Update", u.target())
	return answer{status: http.StatusOK, body: object{"@odata.context": metadata("Edm.Boolean"), "value": true}}, nil
}

var deletedKind = &collection{
	context: "directoryObjects/microsoft.graph.user", typ: "user", selects: userSelects, paged: true, page: 100, maxPage: 999,
	byPlain: append(slices.Clone(userDefaults), "deletedDateTime"),
	filters: map[string]string{"id": "eq", "userPrincipalName": "eq startswith", "employeeId": "eq", "mailNickname": "eq", "displayName": "eq"},
}

func listDeleted(c *call) (answer, error) {
	var list []object
	for _, id := range sortedKeys(c.Deleted) {
		list = append(list, c.Deleted[id].render())
	}
	return c.many(deletedKind, list)
}

// restoreUser brings a deleted user back; its old user name must be free, or newUserPrincipalName given.
func restoreUser(c *call) (answer, error) {
	u, ok := c.Deleted[strings.ToLower(c.key(1))]
	if !ok {
		return answer{}, notFound(c.key(1))
	}
	if !c.mayActOn(c.claims.ObjectID, u, false, c.now) {
		return answer{}, denied()
	}
	upn := text(c.body["newUserPrincipalName"])
	if upn == "" {
		upn = u.UPNBefore
	}
	if err := c.checkUPN(upn, ""); err != nil {
		return answer{}, err
	}
	delete(c.Deleted, u.ID)
	u.UPN, u.UPNBefore, u.DeletedAt = upn, "", time.Time{}
	c.Users[u.ID] = u
	c.audit(c.now, c.by(), "Restore user", "UserManagement", "Update", u.target())
	return c.one(http.StatusOK, &collection{context: "directoryObjects", typ: "user", selects: userSelects, byPlain: []string{"id", "deletedDateTime"}},
		object{"@odata.type": "#microsoft.graph.user", "id": u.ID})
}
