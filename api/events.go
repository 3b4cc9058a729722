package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

const (
	// farBehind is how many audit records a client may have missed before it gets a snapshot instead of them.
	farBehind = 500
	// writeWithin is how long one event may take to leave.
	writeWithin = 10 * time.Second
)

func (s *server) StreamGrants(ctx context.Context, request StreamGrantsRequestObject) (StreamGrantsResponseObject, error) {
	ctx, by := begin(ctx)
	return s.newStream(ctx, by, access.GrantID{}, request.Params.LastEventID)
}

func (s *server) StreamGrant(ctx context.Context, request StreamGrantRequestObject) (StreamGrantResponseObject, error) {
	ctx, by := begin(ctx)
	if _, err := s.grantFor(ctx, by, "streamGrant", request.Id); err != nil {
		return nil, err
	}
	return s.newStream(ctx, by, request.Id, request.Params.LastEventID)
}

// stream is one client's live updates. It is also the response that writes them.
type stream struct {
	server   *server
	ctx      context.Context
	by       caller
	only     access.GrantID // zero: every grant that the caller sees
	listener *listener
	// last is the sequence that the client knows of.
	last int64

	w  http.ResponseWriter
	rc *http.ResponseController
}

func (s *server) newStream(ctx context.Context, by caller, only access.GrantID, lastEventID int64) (*stream, error) {
	// Listening comes before every reading, so that nothing falls between the two.
	l, err := s.feed.listen(ctx, by.person.ID)
	if err != nil {
		return nil, err
	}
	return &stream{server: s, ctx: ctx, by: by, only: only, listener: l, last: lastEventID}, nil
}

func (st *stream) VisitStreamGrantsResponse(w http.ResponseWriter) error { return st.write(w) }
func (st *stream) VisitStreamGrantResponse(w http.ResponseWriter) error  { return st.write(w) }

// write ends when the client goes, the server shuts down, or the session no longer stands. After the first
// byte an error can only end the stream; the client comes back with the last id that it has.
func (st *stream) write(w http.ResponseWriter) error {
	defer st.server.feed.leave(st.listener)
	st.w, st.rc = w, http.NewResponseController(w)
	// The connection may serve other requests afterwards, which must not meet the deadline of our last event.
	defer func() { _ = st.rc.SetWriteDeadline(time.Time{}) }()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy in between must not hold events back

	if err := st.catchUp(); err != nil {
		return err
	}
	heartbeat := time.NewTicker(st.server.heartbeat)
	defer heartbeat.Stop()
	for {
		var err error
		select {
		case <-st.ctx.Done():
			return nil
		case <-st.server.base.Done():
			return nil
		case <-st.listener.lost:
			return nil
		case c := <-st.listener.changes:
			err = st.tell(c)
		case <-heartbeat.C:
			if err = st.check(); err == nil {
				err = st.send(": still here\n\n")
			}
		}
		if err != nil {
			return err
		}
	}
}

// catchUp brings the client from what it knows to the present: by a snapshot, or by every change since.
func (st *stream) catchUp() error {
	present, err := st.server.store.LastChange(st.ctx)
	if err != nil {
		return err
	}
	if missed := present - st.last; st.last == 0 || missed < 0 || missed > farBehind {
		return st.snapshot(present)
	}
	if err := st.send(": resumed\n\n"); err != nil {
		return err
	}
	_, err = changesAfter(st.ctx, st.server.store, st.last, st.tell)
	return err
}

// snapshot is the present state, read after the sequence that it is numbered with.
func (st *stream) snapshot(seq int64) error {
	grants, err := st.present()
	if err != nil {
		return err
	}
	st.last = seq
	return st.event("snapshot", seq, struct {
		Grants []Grant `json:"grants"`
	}{viewsOf(grants)})
}

func (st *stream) present() ([]store.Grant, error) {
	if !st.only.IsZero() {
		g, err := st.server.store.Grant(st.ctx, st.only)
		return []store.Grant{g}, err
	}
	filter := store.GrantFilter{States: access.LiveStates, Limit: 100}
	if !seesAll(st.by.person.Roles) {
		filter.PersonID = st.by.person.ID
	}
	var grants []store.Grant
	for {
		page, next, err := st.server.store.Grants(st.ctx, filter)
		if err != nil {
			return nil, err
		}
		grants = append(grants, page...)
		if next == "" {
			return grants, nil
		}
		filter.Before = next
	}
}

// tell passes a change on, if it is news and the client may see it.
func (st *stream) tell(c change) error {
	switch {
	case c.seq <= st.last:
		return nil
	case c.access:
		return st.tellAccess(c)
	case !st.only.IsZero() && c.grant.ID != st.only || !sees(st.by.person, c.grant):
		return nil
	}
	st.last = c.seq
	return st.event("grant", c.seq, viewOf(c.grant))
}

// tellAccess tells the person whom a change of access concerns; it may have ended their session.
func (st *stream) tellAccess(c change) error {
	if !c.concerns(st.by.person.ID) {
		return nil
	}
	if err := st.check(); err != nil || !st.only.IsZero() {
		return err
	}
	st.last = c.seq
	return st.event("access", c.seq, struct{}{})
}

// check ends the stream of somebody whose session is over or whose roles no longer admit them. It does not
// count as using the session.
func (st *stream) check() error {
	person, err := st.server.passkeys.Alive(st.ctx, st.by.session)
	if err != nil {
		return err
	}
	if !rules["streamGrants"].admits(person.Roles) {
		return &failure{kind: roleRequired}
	}
	// Whoever saw everything and now sees less must not go on with what was sent before.
	if seesAll(st.by.person.Roles) != seesAll(person.Roles) {
		return &failure{kind: roleRequired}
	}
	st.by.person = person
	return nil
}

func (st *stream) event(name string, seq int64, data any) error {
	encoded, err := json.Marshal(data) // one line: encoding/json escapes line breaks
	if err != nil {
		return err
	}
	return st.send(fmt.Sprintf("id: %d\nevent: %s\ndata: %s\n\n", seq, name, encoded))
}

func (st *stream) send(text string) error {
	// Where the connection knows no deadlines, the server's own limits hold.
	_ = st.rc.SetWriteDeadline(time.Now().Add(writeWithin))
	if _, err := st.w.Write([]byte(text)); err != nil {
		return err
	}
	return st.rc.Flush()
}
