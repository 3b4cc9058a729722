package entra

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	abs "github.com/microsoft/kiota-abstractions-go"
	"golang.org/x/sync/errgroup"

	"hourglass/internal/access"
)

// Group is a role-assignable group that the account is a member of, or owns.
type Group struct {
	ID    access.ObjectID
	Owner bool
}

type groupList struct {
	op, template string
	owner        bool
}

// Groups are asked for without the SDK's models: those cannot tell "isAssignableToRole": null, which Microsoft writes for a
// plain group, from an answer that does not say it. The display name is asked for because every group has one: where it
// is null too, Microsoft has hidden the group from an app that may not read groups ("limited information returned for
// inaccessible member objects", Graph permissions overview), and the null means nothing.
var groupLists = []groupList{
	{"list groups", "{+baseurl}/users/{user}/transitiveMemberOf?$select=id,displayName,isAssignableToRole", false},
	{"list owned groups", "{+baseurl}/users/{user}/ownedObjects?$select=id,displayName,isAssignableToRole", true},
}

// RoleGroups lists the role-assignable groups that the account is a member of (also through other groups) or owns.
// A group that it both owns and is a member of is two entries. Forbidden, with CodeHiddenGroup, where the app may not see
// what kind of groups they are. With an error comes what could be read, as from Roles.
func (t *Tenant) RoleGroups(ctx context.Context, id access.ObjectID) ([]Group, error) {
	found := make([][]Group, len(groupLists))
	var reads errgroup.Group
	for i, list := range groupLists {
		reads.Go(func() (err error) {
			found[i], err = t.listGroups(ctx, id, list)
			return err
		})
	}
	err := reads.Wait()
	return slices.Concat(found...), err
}

func (t *Tenant) listGroups(ctx context.Context, id access.ObjectID, list groupList) (groups []Group, err error) {
	err = t.read(ctx, list.op, func(ctx context.Context) error {
		all, err := t.groupAnswers(ctx, id, list.template)
		if err != nil {
			return err
		}
		var hidden error
		for _, answer := range all {
			g := Group{Owner: list.owner}
			switch assignable, err := answer.roleAssignable(); {
			case err == errHidden:
				hidden = &Error{Kind: Forbidden, Op: list.op, Code: CodeHiddenGroup}
				continue
			case err != nil:
				return err
			case !assignable:
				continue
			}
			if err := readID(&g.ID, &answer.ID); err != nil {
				return err
			}
			groups = append(groups, g)
		}
		return hidden
	})
	return groups, err
}

// MemberOf lists the groups that the account is a member of, also through other groups.
func (t *Tenant) MemberOf(ctx context.Context, id access.ObjectID) (groups []access.ObjectID, err error) {
	err = t.read(ctx, groupLists[0].op, func(ctx context.Context) error {
		all, err := t.groupAnswers(ctx, id, groupLists[0].template)
		for _, answer := range all {
			var group access.ObjectID
			if err := readID(&group, &answer.ID); err != nil {
				return err
			}
			groups = append(groups, group)
		}
		return err
	})
	return groups, err
}

// groupAnswers reads a list to its end.
func (t *Tenant) groupAnswers(ctx context.Context, id access.ObjectID, template string) ([]groupAnswer, error) {
	return collect(func(next string) (*groupPage, error) {
		parameters := map[string]string{"user": id.String()}
		if next != "" {
			parameters = map[string]string{"request-raw-url": next}
		}
		body, err := t.send(ctx, abs.GET, template, parameters)
		if err != nil {
			return nil, err
		}
		p := &groupPage{}
		return p, json.Unmarshal(body, p)
	})
}

type groupPage struct {
	Value    []groupAnswer `json:"value"`
	NextLink *string       `json:"@odata.nextLink"`
}

func (p *groupPage) GetValue() []groupAnswer   { return p.Value }
func (p *groupPage) GetOdataNextLink() *string { return p.NextLink }

// groupAnswer is any directory object: also roles, administrative units and applications are in these lists.
type groupAnswer struct {
	Type               string          `json:"@odata.type"`
	ID                 string          `json:"id"`
	DisplayName        *string         `json:"displayName"`
	IsAssignableToRole json.RawMessage `json:"isAssignableToRole"`
}

var errHidden = errors.New("group is hidden from the app")

func (a groupAnswer) roleAssignable() (bool, error) {
	switch said := string(a.IsAssignableToRole); {
	case a.Type == "":
		return false, errShape
	case a.Type != typePrefix+"group":
		return false, nil
	case a.DisplayName == nil:
		return false, errHidden
	case said == "true" || said == "false" || said == "null":
		return said == "true", nil
	}
	return false, errShape
}

// LeaveGroup ends a membership or an ownership; a missing one counts as ended. The last owner of a group cannot leave
// it: Invalid.
func (t *Tenant) LeaveGroup(ctx context.Context, id access.ObjectID, g Group) error {
	template := "{+baseurl}/groups/{group}/members/{user}/$ref"
	if g.Owner {
		template = "{+baseurl}/groups/{group}/owners/{user}/$ref"
	}
	return gone(t.write(ctx, "leave group", func(ctx context.Context) error {
		_, err := t.send(ctx, abs.DELETE, template, map[string]string{"group": g.ID.String(), "user": id.String()})
		return err
	}))
}
