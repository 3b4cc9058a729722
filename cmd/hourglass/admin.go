package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// adminCommand is how the first admin comes in, and how one whose passkeys are lost comes back.
type adminCommand struct {
	Handle string `required:"" help:"Short name, from which account names are made, such as ada."`
	Name   string `help:"Full name; needed for a new admin."`
}

func (c adminCommand) Run(ctx context.Context, out io.Writer) error {
	var m mistakes
	s, people := openStore(ctx, &m)
	m.note(upToDate(ctx, people))
	passkeys := newPasskeys(s, people, &m)
	if err := m.err(); err != nil {
		return err
	}
	defer people.Close()
	person, err := c.person(ctx, people)
	if err != nil {
		return err
	}
	token, expires, err := passkeys.IssueEnrolment(ctx, person.ID, store.Actor{})
	if err != nil {
		return err
	}
	// This one line is the only place where the token is ever shown.
	_, err = fmt.Fprintf(out, "Open this link within %s to enrol a passkey for %s. It works once.\n\n  %s/enrol#%s\n",
		time.Until(expires).Round(time.Minute), person.Name, s.PublicURL, token.Reveal())
	return err
}

// person finds the admin by handle or adds one.
func (c adminCommand) person(ctx context.Context, people *store.Store) (store.Person, error) {
	handle, err := access.NewHandle(c.Handle)
	if err != nil {
		return store.Person{}, err
	}
	known, err := people.PersonByHandle(ctx, handle)
	switch {
	case err == nil && !slices.Contains(known.Roles, access.Admin):
		return store.Person{}, fmt.Errorf("%s is not an admin: an admin can issue a link in the portal", handle)
	case !errors.Is(err, access.ErrNotFound):
		return known, err
	}
	name, err := access.NewName(c.Name)
	if err != nil {
		return store.Person{}, fmt.Errorf("--name: %w", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return store.Person{}, err
	}
	personID, err := access.ParseID[access.PersonID](id.String())
	if err != nil {
		return store.Person{}, err
	}
	added := store.Person{ID: personID, Name: name, Handle: handle, Roles: []access.MSPRole{access.Admin, access.Technician}}
	return added, people.AddPerson(ctx, added, store.Actor{})
}
