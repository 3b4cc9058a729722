package entrasim

import (
	"net/http"
	"strings"
	"time"
)

func methodsCollection(u *user, name, typ string) *collection {
	return &collection{
		context: "users('" + u.ID + "')/authentication/" + name, typ: typ, paged: true, page: 100, maxPage: 999,
		filters: map[string]string{"id": "eq"},
	}
}

func listMethods(c *call) (answer, error) {
	u, err := c.target()
	if err != nil {
		return answer{}, err
	}
	list := []object{renderPasswordMethod(u)}
	for _, m := range u.Methods {
		list = append(list, c.renderMethod(u, m, c.now))
	}
	return c.many(methodsCollection(u, "methods", "authenticationMethod"), list)
}

func listPasswordMethods(c *call) (answer, error) {
	u, err := c.target()
	if err != nil {
		return answer{}, err
	}
	return c.many(methodsCollection(u, "passwordMethods", "passwordAuthenticationMethod"), []object{untyped(renderPasswordMethod(u))})
}

// untyped drops @odata.type: Graph returns it only where the type is not the collection's own.
func untyped(o object) object {
	delete(o, "@odata.type")
	return o
}

func listKind(kind MethodKind) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		u, err := c.target()
		if err != nil {
			return answer{}, err
		}
		var list []object
		for _, m := range u.Methods {
			if m.Kind == kind {
				list = append(list, untyped(c.renderMethod(u, m, c.now)))
			}
		}
		return c.many(methodsCollection(u, string(kind), methodKinds[kind].typeName), list)
	}
}

// typed finds the method of this kind that the path names.
func (c *call) typed(kind MethodKind) (*user, *method, error) {
	u, err := c.target()
	if err != nil {
		return nil, nil, err
	}
	for _, m := range u.Methods {
		if m.Kind == kind && strings.EqualFold(m.ID, c.key(2)) {
			return u, m, nil
		}
	}
	return nil, nil, methodNotFound()
}

func getMethod(kind MethodKind) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		u, m, err := c.typed(kind)
		if err != nil {
			return answer{}, err
		}
		return c.one(http.StatusOK, methodsCollection(u, string(kind), methodKinds[kind].typeName), untyped(c.renderMethod(u, m, c.now)))
	}
}

func deleteMethod(kind MethodKind) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		u, m, err := c.typed(kind)
		if err != nil {
			return answer{}, err
		}
		if err := u.removeMethod(m); err != nil {
			return answer{}, err
		}
		c.audit(c.now, c.by(), "Admin deleted security info", "AuthenticationMethods", "Delete", u.target())
		return answer{status: http.StatusNoContent}, nil
	}
}

// createPass issues a Temporary Access Pass: the only answer that ever carries it.
func createPass(c *call) (answer, error) {
	u, err := c.target()
	if err != nil {
		return answer{}, err
	}
	start := c.now
	if raw := text(c.body["startDateTime"]); raw != "" {
		at, err := time.Parse(time.RFC3339, raw)
		if err != nil {
			return answer{}, methodBadRequest("Invalid startDateTime.")
		}
		if at.After(start) {
			start = at.UTC()
		}
	}
	minutes, given := c.body["lifetimeInMinutes"].(float64)
	if given && (minutes != float64(int(minutes)) || minutes < 1) {
		return answer{}, methodBadRequest("Invalid lifetimeInMinutes.")
	}
	once, given := c.body["isUsableOnce"].(bool)
	if !given {
		once = c.Settings.TAPPolicy.OneTimeOnly
	}
	m, secret, err := c.newPass(u, start, int(minutes), once, c.now)
	if err != nil {
		return answer{}, err
	}
	c.audit(c.now, c.by(), "Admin registered security info", "AuthenticationMethods", "Add", u.target())
	o := c.renderMethod(u, m, c.now)
	o["temporaryAccessPass"] = secret
	return c.one(http.StatusCreated, methodsCollection(u, "temporaryAccessPassMethods", methodKinds[TemporaryPass].typeName), o)
}
