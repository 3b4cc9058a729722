package onemachine

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"hourglass/api"
	"hourglass/internal/access"
)

// reconnectAfter is how long a browser waits before it opens an interrupted stream again.
const reconnectAfter = 100 * time.Millisecond

// Watch follows a grant by server-sent events and calls seen with every state of it, until seen returns true
// or ctx ends. Where the stream breaks it comes back with the last id that it had, as a browser does.
func (c *Client) Watch(ctx context.Context, id access.GrantID, seen func(api.Grant) bool) error {
	last := ""
	for {
		done, err := c.follow(ctx, id, &last, seen)
		if done || ctx.Err() != nil {
			return ctx.Err()
		}
		var problem *Problem
		if errors.As(err, &problem) && problem.Status < http.StatusInternalServerError {
			return err // asking again would not help
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (last: %w)", ctx.Err(), err)
		case <-time.After(reconnectAfter):
		}
	}
}

// Await watches a grant until it is in the state, and returns it as it is then.
func (c *Client) Await(ctx context.Context, id access.GrantID, state access.State) (grant api.Grant, err error) {
	err = c.Watch(ctx, id, func(g api.Grant) bool {
		grant = g
		return g.State == state || g.State == access.Ended
	})
	if err == nil && grant.State != state {
		err = fmt.Errorf("the grant ended (%s) before it was %s", grant.Outcome, state)
	}
	return grant, err
}

// follow reads one connection.
func (c *Client) follow(ctx context.Context, id access.GrantID, last *string, seen func(api.Grant) bool) (done bool, err error) {
	var resume []string
	if *last != "" {
		resume = []string{"Last-Event-ID", *last}
	}
	answer, err := c.send(ctx, http.MethodGet, grantPath(id, "/events"), nil, resume...)
	if err != nil {
		return false, err
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 1<<20)
	name, number, data := "", "", ""
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "id":
			number = value
		case "event":
			name = value
		case "data":
			data = value
		case "": // the end of an event, or a comment
			grants, err := grantsIn(name, data)
			if err != nil {
				return false, err
			}
			if number != "" {
				*last = number
			}
			for _, g := range grants {
				if seen(g) {
					return true, nil
				}
			}
			name, number, data = "", "", ""
		}
	}
	return false, lines.Err()
}

func grantsIn(event, data string) ([]api.Grant, error) {
	switch event {
	case "snapshot":
		var present struct{ Grants []api.Grant }
		err := json.Unmarshal([]byte(data), &present)
		return present.Grants, err
	case "grant":
		var g api.Grant
		err := json.Unmarshal([]byte(data), &g)
		return []api.Grant{g}, err
	}
	return nil, nil
}
