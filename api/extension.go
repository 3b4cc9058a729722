package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"hourglass/internal/access"
	"hourglass/internal/bearer"
	"hourglass/internal/store"
)

// browsers is what the store does for paired browsers.
type browsers interface {
	Browsers(ctx context.Context, p access.PersonID) ([]store.Browser, error)
	RemoveBrowser(ctx context.Context, p access.PersonID, id access.BrowserID, by store.Actor) error
	RecentGrants(ctx context.Context, p access.PersonID, endedAfter time.Time) ([]store.Grant, error)
	AddLaunch(ctx context.Context, l store.Launch, t store.Ticket) (store.Grant, error)
	AddTicket(ctx context.Context, id access.LaunchID, browser access.BrowserID, t store.Ticket) error
	RecordFill(ctx context.Context, f store.Filling) (store.Grant, error)
	RecordReport(ctx context.Context, id access.LaunchID, b store.Browser, r store.Report) error
	RecordBrowserRefused(ctx context.Context, b store.Browser, cause string) error
	RecordIncident(ctx context.Context, b store.Browser, r store.Report) error
}

const (
	// endedShown is how long the extension is told of a grant that ended, so that it closes what it opened for it.
	endedShown = 10 * time.Minute
	// longestWait is below the 30 seconds after which a browser may stop an extension that waits for an answer
	// (https://developer.chrome.com/docs/extensions/develop/concepts/service-workers/lifecycle).
	longestWait = 25 * time.Second
	// ticketTTL is how long it may take from a launch to the page that asks for the credential.
	ticketTTL = 5 * time.Minute
	// warnBefore is how long before its end a grant is near it, but no more than the last quarter of its time.
	warnBefore = 10 * time.Minute
)

func (s *server) ExtensionMe(ctx context.Context, _ ExtensionMeRequestObject) (ExtensionMeResponseObject, error) {
	_, by := begin(ctx)
	return ExtensionMe200JSONResponse{
		Person:        Named{Id: by.person.ID.String(), Name: by.person.Name.String()},
		Browser:       Named{Id: by.browser.ID.String(), Name: by.browser.Name},
		PortalAddress: s.publicAddress(),
		ServerTime:    s.now().UTC(),
		Destinations:  access.Destinations(s.adminCentre),
	}, nil
}

func (s *server) ExtensionGrants(ctx context.Context, _ ExtensionGrantsRequestObject) (ExtensionGrantsResponseObject, error) {
	ctx, by := begin(ctx)
	view, err := s.extensionGrants(ctx, by)
	return ExtensionGrants200JSONResponse{view}, err
}

// extensionGrants reads the sequence first: what changes in between is told once more.
func (s *server) extensionGrants(ctx context.Context, by caller) (ExtensionGrantsJSONResponse, error) {
	sequence, err := s.store.LastChange(ctx)
	if err != nil {
		return ExtensionGrantsJSONResponse{}, err
	}
	grants, err := s.store.RecentGrants(ctx, by.person.ID, s.now().Add(-endedShown))
	views := make([]ExtensionGrant, len(grants))
	for i, g := range grants {
		views[i] = extensionView(g)
	}
	return ExtensionGrantsJSONResponse{Sequence: sequence, ServerTime: s.now().UTC(), Grants: views}, err
}

// ExtensionWait answers when something of the caller's changed, when the wait is over, or with a refusal when the browser no
// longer counts.
func (s *server) ExtensionWait(ctx context.Context, request ExtensionWaitRequestObject) (ExtensionWaitResponseObject, error) {
	ctx, by := begin(ctx)
	if err := s.awaitChange(ctx, by, request.Params.Since); err != nil {
		return nil, err
	}
	view, err := s.extensionGrants(ctx, by)
	return ExtensionWait200JSONResponse{view}, err
}

var errChanged = errors.New("something changed")

func (s *server) awaitChange(ctx context.Context, by caller, since int64) error {
	// Listening comes before reading, so that nothing falls between the two.
	l, err := s.feed.listen(ctx, by.person.ID)
	if err != nil {
		return err
	}
	defer s.feed.leave(l)
	present, err := s.store.LastChange(ctx)
	if err != nil {
		return err
	}
	if missed := present - since; missed < 0 || missed > farBehind {
		return nil
	}
	_, err = changesAfter(ctx, s.store, since, func(c change) error {
		if !c.access && by.sees(c.grant) {
			return errChanged
		}
		return nil
	})
	if errors.Is(err, errChanged) {
		return nil
	}
	if err != nil {
		return err
	}
	over := time.NewTimer(s.longestWait)
	defer over.Stop()
	recheck := time.NewTicker(min(s.heartbeat, s.longestWait))
	defer recheck.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.base.Done():
			return nil
		case <-l.lost:
			return nil
		case <-over.C:
			return nil
		case c := <-l.changes:
			if !c.access && by.sees(c.grant) {
				return nil
			}
		case <-recheck.C:
			if _, err := s.pairings.Alive(ctx, by.browser.ID); err != nil {
				return err
			}
		}
	}
}

func extensionView(g store.Grant) ExtensionGrant {
	view := ExtensionGrant{
		Id:          g.ID,
		Customer:    Named{Id: g.CustomerID.String(), Name: g.CustomerName},
		Profile:     Named{Id: g.Terms.ProfileID.String(), Name: g.Terms.ProfileName},
		Credential:  g.Terms.Credential,
		State:       g.State,
		Outcome:     g.Outcome,
		TenantId:    g.TenantID,
		UserName:    g.UserName,
		RequestedAt: g.RequestedAt.UTC(),
		ActiveAt:    instant(g.ActiveAt),
		ExpiresAt:   instant(g.ExpiresAt),
		EndingAt:    instant(g.EndingAt),
		EndedAt:     instant(g.EndedAt),
	}
	_, view.Domain, _ = strings.Cut(g.UserName, "@")
	if g.State == access.Active && g.ActiveAt != nil && g.ExpiresAt != nil {
		view.WarnAt = g.ExpiresAt.Add(-min(warnBefore, g.ExpiresAt.Sub(*g.ActiveAt)/4)).UTC()
		view.Extendable = g.ExpiresAt.Before(g.ActiveAt.Add(g.Terms.Maximum.Duration()))
	}
	return view
}

func (s *server) ExtensionAccess(ctx context.Context, _ ExtensionAccessRequestObject) (ExtensionAccessResponseObject, error) {
	ctx, by := begin(ctx)
	reaches, err := s.store.Access(ctx, by.person.ID, s.now())
	customers := make([]ExtensionCustomer, len(reaches))
	for i, r := range reaches {
		customers[i] = ExtensionCustomer{Id: r.Customer.ID, Name: r.Customer.Name.String(), Available: r.Customer.Connection == access.Connected}
		if r.Live != nil {
			customers[i].LiveGrantId = r.Live.ID
		}
		if r.Last != nil {
			customers[i].LastRequestedAt = r.Last.At.UTC()
		}
	}
	return ExtensionAccess200JSONResponse{Customers: customers}, err
}

func (s *server) ExtensionEnd(ctx context.Context, request ExtensionEndRequestObject) (ExtensionEndResponseObject, error) {
	ctx, by := begin(ctx)
	if _, err := s.endOwn(ctx, request.Id); err != nil {
		return nil, err
	}
	g, err := s.grantFor(ctx, by, "returnGrant", request.Id)
	return ExtensionEnd200JSONResponse(extensionView(g)), err
}

func (s *server) Launch(ctx context.Context, request LaunchRequestObject) (LaunchResponseObject, error) {
	ctx, by := begin(ctx)
	g, err := s.grantFor(ctx, by, "launch", request.Id)
	if err != nil {
		return nil, err
	}
	if err := inState("launch", g); err != nil {
		return nil, err
	}
	destination := request.Body.Destination
	address, err := access.LaunchAddress(s.adminCentre, destination, g.TenantID, g.UserName)
	if errors.Is(err, access.ErrNotFound) {
		err = &failure{kind: noDestination, cause: err}
	}
	if err != nil {
		return nil, err
	}
	word, ticket, err := s.newTicket()
	if err != nil {
		return nil, err
	}
	launch := store.Launch{
		ID: access.MustID[access.LaunchID](newID(s.random)), BrowserID: by.browser.ID, GrantID: g.ID, Destination: destination, LaunchedAt: s.now(),
	}
	if g, err = s.store.AddLaunch(ctx, launch, ticket); err != nil {
		return nil, err
	}
	return Launch201JSONResponse{
		Id: launch.ID, GrantId: g.ID, Destination: destination, Address: address, UserName: g.UserName, TenantId: g.TenantID,
		Origins: access.SignInOrigins(), Ticket: ticketView(word, ticket),
	}, nil
}

func (s *server) IssueFillTicket(ctx context.Context, request IssueFillTicketRequestObject) (IssueFillTicketResponseObject, error) {
	ctx, by := begin(ctx)
	word, ticket, err := s.newTicket()
	if err != nil {
		return nil, err
	}
	err = s.store.AddTicket(ctx, request.LaunchId, by.browser.ID, ticket)
	if errors.Is(err, access.ErrTooMany) {
		err = &failure{kind: tooManyTickets, cause: err}
	}
	return IssueFillTicket201JSONResponse(ticketView(word, ticket)), err
}

func (s *server) newTicket() (access.Secret, store.Ticket, error) {
	word, hash, err := bearer.New(s.random)
	return word, store.Ticket{Hash: hash, ExpiresAt: s.now().Add(ticketTTL)}, err
}

func ticketView(word access.Secret, t store.Ticket) FillTicket {
	return FillTicket{Ticket: word.Reveal(), ExpiresAt: t.ExpiresAt.UTC()}
}

// fillProblems says which problem a refused fill is.
var fillProblems = map[store.FillRefusal]*kind{
	store.TicketForeign:  ticketRefused,
	store.TicketReplayed: ticketRefused,
	store.TicketTooOld:   ticketRefused,
	store.OriginForeign:  fillRefused,
	store.OtherAccount:   fillRefused,
	store.GrantNotActive: stateConflict,
	store.NotHandedOut:   requestRefused,
	store.BrowserGone:    tokenRefused,
}

// Fill keeps no-audit-no-secret by the order of RevealCredential. It asks for no fresh assertion: docs/decisions/0032.
func (s *server) Fill(ctx context.Context, request FillRequestObject) (FillResponseObject, error) {
	ctx, by := begin(ctx)
	ticket, err := bearer.Hash(request.Body.Ticket)
	if err != nil {
		return nil, s.unknownTicket(ctx, by)
	}
	wanted := request.Body.Step
	g, err := s.store.RecordFill(ctx, store.Filling{
		Ticket: ticket, Browser: by.browser, Origin: request.Body.Origin, UserName: request.Body.UserName, Pass: wanted == FillPass,
	})
	if errors.Is(err, access.ErrNotFound) {
		return nil, s.unknownTicket(ctx, by)
	}
	if refused, ok := errors.AsType[*store.RefusedFill](err); ok {
		return nil, &failure{kind: fillProblems[refused.Why], cause: err}
	}
	if err != nil {
		return nil, err
	}
	credential, err := s.openCredential(ctx, g)
	if err != nil {
		return nil, err
	}
	secret := credential.Password
	if wanted == FillPass {
		secret = credential.Pass
	}
	if secret.IsZero() {
		return nil, &failure{kind: requestRefused, detail: "The grant has no such credential now. Ask for a new one in the portal."}
	}
	return filled{UserName: credential.UserName, Step: wanted, Secret: secret.Reveal()}, nil
}

// unknownTicket is in the audit log as a refusal of the browser: there is no grant to which it belongs.
func (s *server) unknownTicket(ctx context.Context, by caller) error {
	return errors.Join(&failure{kind: ticketRefused}, s.store.RecordBrowserRefused(ctx, by.browser, "ticket_unknown"))
}

// filled is, beside revealed, an answer with a secret in it; nobody on the way may keep it.
type filled Fill

func (f filled) VisitFillResponse(w http.ResponseWriter) error {
	w.Header().Set("Cache-Control", "no-store")
	return Fill200JSONResponse(f).VisitFillResponse(w)
}

func (s *server) ReportLaunch(ctx context.Context, request ReportLaunchRequestObject) (ReportLaunchResponseObject, error) {
	ctx, by := begin(ctx)
	err := s.store.RecordReport(ctx, request.LaunchId, by.browser, reportOf(*request.Body))
	if errors.Is(err, access.ErrTooMany) {
		err = &failure{kind: tooManyReports, cause: err}
	}
	return ReportLaunch204Response{}, err
}

func (s *server) ReportIncident(ctx context.Context, request ReportIncidentRequestObject) (ReportIncidentResponseObject, error) {
	ctx, by := begin(ctx)
	return ReportIncident204Response{}, s.store.RecordIncident(ctx, by.browser, reportOf(*request.Body))
}

func reportOf(r ExtensionReport) store.Report {
	return store.Report{Outcome: string(r.Outcome), Step: string(r.Step), Reason: string(r.Reason), Origin: r.Origin, Code: r.Code}
}
