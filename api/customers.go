package api

import (
	"context"
	"strconv"
	"strings"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

// customers is what the store does for the settings of customers.
type customers interface {
	CustomerPage(ctx context.Context, f store.CustomerFilter) (page []store.Customer, next string, err error)
	Customer(ctx context.Context, id access.CustomerID) (store.Customer, error)
	AddCustomer(ctx context.Context, c store.Customer, by store.Actor, once ...store.Intent) error
	ChangeCustomer(ctx context.Context, id access.CustomerID, revision int64, to store.CustomerSettings, by store.Actor) (store.Customer, error)
}

func (c caller) actor() store.Actor { return store.Actor{PersonID: c.person.ID} }

func (s *server) ListCustomers(ctx context.Context, request ListCustomersRequestObject) (ListCustomersResponseObject, error) {
	ctx, _ = begin(ctx)
	filter := store.CustomerFilter{After: request.Params.After, Limit: request.Params.Limit}
	if request.Params.Search != "" {
		search, err := access.NewName(request.Params.Search)
		if err != nil {
			return nil, wrongFields(ProblemError{Code: "invalid", Field: "search", Advice: badName.Advice})
		}
		filter.Search = search.String()
	}
	page, next, err := s.store.CustomerPage(ctx, filter)
	if err != nil {
		return nil, err
	}
	views, err := s.withDrills(ctx, page...)
	if err != nil {
		return nil, err
	}
	if err := s.summarise(ctx, page, views); err != nil {
		return nil, err
	}
	return ListCustomers200JSONResponse{Customers: views, Next: next}, nil
}

func (s *server) GetCustomer(ctx context.Context, request GetCustomerRequestObject) (GetCustomerResponseObject, error) {
	ctx, _ = begin(ctx)
	c, err := s.store.Customer(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	views, err := s.withDrills(ctx, c)
	if err != nil {
		return nil, err
	}
	return GetCustomer200JSONResponse{CustomerJSONResponse(views[0])}, nil
}

func (s *server) CreateCustomer(ctx context.Context, request CreateCustomerRequestObject) (CreateCustomerResponseObject, error) {
	ctx, by := begin(ctx)
	settings, err := parseSettings(CustomerSettings(*request.Body), access.Naming{})
	if err != nil {
		return nil, err
	}
	c := store.Customer{
		ID: access.MustID[access.CustomerID](newID(s.random)), Connection: access.Unconnected, CreatedAt: s.now(),
		Name: settings.Name, AccountDomain: settings.AccountDomain, Limits: settings.Limits, Naming: settings.Naming, Revision: 1,
	}
	once, err := intent("createCustomer", request.Params.IdempotencyKey, request.Body)
	if err != nil {
		return nil, err
	}
	err = s.store.AddCustomer(ctx, c, by.actor(), once)
	if made, repeated := madeBefore[access.CustomerID](err); repeated {
		c, err := s.store.Customer(ctx, made)
		return CreateCustomer200JSONResponse{CustomerJSONResponse(customerView(c))}, err
	}
	if err != nil {
		return nil, err
	}
	return CreateCustomer201JSONResponse{
		Body:    customerView(c),
		Headers: CreateCustomer201ResponseHeaders{Location: "/api/v1/customers/" + c.ID.String()},
	}, nil
}

func (s *server) ChangeCustomer(ctx context.Context, request ChangeCustomerRequestObject) (ChangeCustomerResponseObject, error) {
	ctx, by := begin(ctx)
	revision, err := parseRevision(request.Params.IfMatch)
	if err != nil {
		return nil, err
	}
	c, err := s.store.Customer(ctx, request.Id)
	if err != nil {
		return nil, err
	}
	settings, err := parseSettings(*request.Body, c.Naming)
	if err != nil {
		return nil, err
	}
	if settings.AccountDomain == "" && !c.TenantID.IsZero() {
		return nil, wrongFields(ProblemError{Code: "required", Field: "account_domain", Advice: "A connected customer has an account domain. Send it."})
	}
	c, err = s.store.ChangeCustomer(ctx, request.Id, revision, settings, by.actor())
	return ChangeCustomer200JSONResponse{CustomerJSONResponse(customerView(c))}, err
}

// parseSettings leaves naming as it is where the body does not say otherwise.
func parseSettings(body CustomerSettings, naming access.Naming) (store.CustomerSettings, error) {
	settings := store.CustomerSettings{Naming: naming}
	var wrong []ProblemError
	var err error
	if settings.Name, err = access.NewName(body.Name); err != nil {
		wrong = append(wrong, badName)
	}
	if body.AccountDomain != "" {
		if settings.AccountDomain, err = access.ParseDomain(body.AccountDomain); err != nil {
			wrong = append(wrong, ProblemError{Code: "invalid", Field: "account_domain", Advice: "Send a domain name in ASCII, such as contoso.onmicrosoft.com."})
		}
	}
	if settings.Limits, err = parseLimits(body.DefaultLifetimeSeconds, body.MaximumLifetimeSeconds); err != nil {
		wrong = append(wrong, badLimits)
	}
	wrong = append(wrong, readNaming(&settings.Naming, body.AccountNameTemplate, body.DisplayNameTemplate)...)
	if wrong != nil {
		return store.CustomerSettings{}, wrongFields(wrong...)
	}
	return settings, nil
}

var (
	badName   = ProblemError{Code: "invalid", Field: "name", Advice: "Send one line of 1 to 120 characters."}
	badLimits = ProblemError{Code: "invalid", Field: "default_lifetime_seconds", Advice: "Send a default lifetime that is at most the maximum lifetime."}
)

// parseRevision reads the revision that a change was made to.
func parseRevision(ifMatch string) (int64, error) {
	if ifMatch == "" {
		return 0, &failure{kind: revisionRequired}
	}
	revision, err := strconv.ParseInt(strings.Trim(ifMatch, `"`), 10, 64)
	if err != nil || revision == 0 {
		return 0, &failure{kind: changedMeanwhile} // no object ever had it
	}
	return revision, nil
}

func wrongFields(wrong ...ProblemError) error { return &failure{kind: invalidRequest, errors: wrong} }

func parseLimits(standard, maximum int64) (access.Limits, error) {
	s, err := access.LifetimeOfSeconds(standard)
	if err != nil {
		return access.Limits{}, err
	}
	m, err := access.LifetimeOfSeconds(maximum)
	if err != nil {
		return access.Limits{}, err
	}
	return access.NewLimits(s, m)
}

func customerView(c store.Customer) Customer {
	return Customer{
		Id: c.ID, Name: c.Name.String(), Connection: c.Connection, TenantId: c.TenantID, AccountDomain: c.AccountDomain,
		DefaultLifetimeSeconds: c.Limits.Default().Seconds(), MaximumLifetimeSeconds: c.Limits.Maximum().Seconds(),
		AccountNameTemplate: c.Naming.Account.String(), DisplayNameTemplate: c.Naming.Display.String(),
		CreatedAt: c.CreatedAt.UTC(), Revision: c.Revision,
	}
}
