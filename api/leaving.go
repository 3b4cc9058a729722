package api

import (
	"context"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// departures is what the store does for customers that leave.
type departures interface {
	BeginDeparture(ctx context.Context, n store.NewDeparture, by store.Actor) (store.Departure, error)
	Departure(ctx context.Context, id access.CustomerID) (store.Departure, error)
	Abandon(ctx context.Context, id access.CustomerID, acknowledged []access.AccountID, by store.Actor) (store.Departure, error)
}

func (s *server) DisconnectCustomer(ctx context.Context, request DisconnectCustomerRequestObject) (DisconnectCustomerResponseObject, error) {
	view, err := s.depart(ctx, store.NewDeparture{CustomerID: request.Id, DeletesAccounts: request.Params.DeleteAccounts})
	return DisconnectCustomer202JSONResponse{view}, err
}

func (s *server) RemoveCustomer(ctx context.Context, request RemoveCustomerRequestObject) (RemoveCustomerResponseObject, error) {
	view, err := s.depart(ctx, store.NewDeparture{CustomerID: request.Id, Removes: true, DeletesAccounts: request.Params.DeleteAccounts})
	return RemoveCustomer202JSONResponse{view}, err
}

// depart commits that the customer leaves; whatever has to follow from that, the workers do also if nobody here lives to
// ask them for it.
func (s *server) depart(ctx context.Context, n store.NewDeparture) (LeavingJSONResponse, error) {
	ctx, by := begin(ctx)
	n.ID = access.MustID[access.DepartureID](newID(s.random))
	d, err := s.store.BeginDeparture(ctx, n, by.actor())
	if err != nil {
		return LeavingJSONResponse{}, err
	}
	if d.EndedAt == nil {
		s.endUncovered()
		s.keepLeaving(n.CustomerID)
	}
	return LeavingJSONResponse(leavingView(d)), nil
}

// keepLeaving does not wait, as endUncovered does not.
func (s *server) keepLeaving(customer access.CustomerID) {
	go func() {
		ctx, cancel := context.WithTimeout(s.base, engineAnswer)
		defer cancel()
		if err := s.engine.Leave(ctx, customer); err != nil && s.base.Err() == nil {
			s.log.WarnContext(ctx, "a customer's departure was not started; the workers will start it", "customer", customer, "error", err)
		}
	}()
}

func (s *server) GetLeaving(ctx context.Context, request GetLeavingRequestObject) (GetLeavingResponseObject, error) {
	ctx, _ = begin(ctx)
	d, err := s.store.Departure(ctx, request.Id)
	return GetLeaving200JSONResponse{LeavingJSONResponse(leavingView(d))}, err
}

func (s *server) AbandonAccounts(ctx context.Context, request AbandonAccountsRequestObject) (AbandonAccountsResponseObject, error) {
	ctx, by := begin(ctx)
	d, err := s.store.Abandon(ctx, request.Id, request.Body.Accounts, by.actor())
	if err != nil {
		return nil, err
	}
	s.keepLeaving(request.Id) // so that its workflow sees that it is over
	return AbandonAccounts200JSONResponse{LeavingJSONResponse(leavingView(d))}, nil
}

func leavingView(d store.Departure) Leaving {
	view := Leaving{
		Customer: Named{Id: d.CustomerID.String(), Name: d.CustomerName}, State: LeavingUnderWay, TenantId: d.TenantID,
		Removes: d.Removes, DeletesAccounts: d.DeletesAccounts, BegunBy: Named{Id: d.By.String(), Name: d.ByName},
		BegunAt: d.BegunAt.UTC(), EndedAt: instant(d.EndedAt), LiveGrants: d.LiveGrants,
		AccountsOff: len(d.Accounts) - len(d.Unproven()), AccountsTotal: len(d.Accounts),
		Accounts: make([]LeavingAccount, len(d.Accounts)),
	}
	switch {
	case !d.AbandonedBy.IsZero():
		view.State = LeavingAbandoned
	case d.EndedAt != nil:
		view.State = LeavingDone
	}
	for i, a := range d.Accounts {
		view.Accounts[i] = LeavingAccount{
			Id: a.Account.ID, Holder: a.Holder, UserName: a.Account.UPN, ObjectId: a.Account.ObjectID, Step: a.Step(),
			Failure: leavingFailure(a.Failure), TriedAt: instant(a.TriedAt), Proof: proofView(a.Proof), Deletion: a.Deletion,
		}
	}
	return view
}

// offFailures says why an account is not off yet, by the kinds of failures of package activities.
var offFailures = map[string]string{
	"GrantLive":             "A grant there has not ended yet. Its end switches the account off first.",
	"NotOff":                "Microsoft still shows something that should be gone. It is taken away again until nothing is shown any more.",
	"entra.forbidden":       "Hourglass lacks a permission at this customer, or the account holds a role that Microsoft protects. Renew the customer's consent, or switch the account off by hand.",
	"entra.unauthenticated": "The tenant does not accept Hourglass any more: the consent was withdrawn, the app is gone, or its secret has ended. Renew the consent, or switch the account off by hand.",
	"entra.throttled":       "Microsoft asks for patience. It is tried again.",
	"entra.unavailable":     "Microsoft did not answer. It is tried again.",
	"entra.ambiguous":       "Microsoft did not answer. It is tried again.",
	"entra.conflict":        "Two accounts in the tenant carry this account's marker. Switch both off by hand and delete one.",
}

const otherOffFailure = "It did not succeed and is tried again. If it stays, the worker's log says why."

// leavingFailure is empty, and absent from the answer, where nothing went wrong.
func leavingFailure(kind string) LeavingFailure {
	if kind == "" {
		return LeavingFailure{}
	}
	advice, known := offFailures[kind]
	if !known {
		advice = otherOffFailure
	}
	return LeavingFailure{Code: kind, Advice: advice}
}
