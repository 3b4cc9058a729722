package api

import (
	"context"
	"slices"

	"hourglass/internal/access"
	"hourglass/internal/store"
)

type roles []access.MSPRole

func (r roles) any(held []access.MSPRole) bool {
	return slices.ContainsFunc(held, func(role access.MSPRole) bool { return slices.Contains(r, role) })
}

// rule says who may use an operation. The zero rule admits nobody.
type rule struct {
	// open: no session is needed.
	open bool
	// anybody: every signed-in person, whatever their roles.
	anybody bool
	// paired: for the extension in a paired browser, and for no session.
	paired bool
	// fresh: only a fresh assertion opens it. What an admin changes asks for one.
	fresh bool
	// rehearsed: a dry run changes nothing, and needs no assertion.
	rehearsed bool
	// own and foreign: the roles that may act on, or see, one's own grants and those of others.
	own, foreign roles
}

var (
	nobody      roles
	technicians = roles{access.Technician}
	approvers   = roles{access.Approver}
	admins      = roles{access.Admin}
	// overseers see every grant; no credential ever.
	overseers = roles{access.Admin, access.Approver, access.Auditor}
	// inspectors see how Hourglass is set up.
	inspectors = roles{access.Admin, access.Auditor}
	everyRole  = roles{access.Admin, access.Approver, access.Technician, access.Auditor}
)

// rules is the one table of who may do what: a row for every operation of openapi.yaml, or New refuses to start.
var rules = map[string]rule{
	"beginEnrolment":    {open: true},
	"finishEnrolment":   {open: true},
	"beginSignIn":       {open: true},
	"finishSignIn":      {open: true},
	"health":            {open: true},
	"readiness":         {open: true},
	"explainProblem":    {open: true},
	"beginAssertion":    {anybody: true},
	"finishAssertion":   {anybody: true},
	"signOut":           {anybody: true},
	"signOutEverywhere": {anybody: true},
	"getMe":             {anybody: true},

	"getAccess":   {own: technicians},
	"createGrant": {own: technicians},

	"listGrants":   {own: everyRole, foreign: overseers},
	"getGrant":     {own: everyRole, foreign: overseers},
	"streamGrants": {own: everyRole, foreign: overseers},
	"streamGrant":  {own: everyRole, foreign: overseers},

	"listPeople":         {foreign: overseers},
	"getPerson":          {foreign: overseers},
	"listPasskeys":       {foreign: overseers},
	"invitePerson":       {foreign: admins, fresh: true},
	"changePerson":       {foreign: admins, fresh: true},
	"suspendPerson":      {foreign: admins, fresh: true},
	"resumePerson":       {foreign: admins, fresh: true},
	"issueEnrolmentLink": {foreign: admins, fresh: true},
	"removePasskey":      {foreign: admins, fresh: true},
	"listMyPasskeys":     {anybody: true},
	"removeMyPasskey":    {anybody: true, fresh: true},
	"renameMyPasskey":    {anybody: true, fresh: true},
	"beginPasskey":       {anybody: true, fresh: true},
	"finishPasskey":      {anybody: true},

	"checkPairing":    {own: technicians},
	"pairBrowser":     {own: technicians, fresh: true},
	"issueTokens":     {open: true},
	"listMyBrowsers":  {anybody: true},
	"removeMyBrowser": {anybody: true, fresh: true},
	"listBrowsers":    {foreign: overseers},
	"removeBrowser":   {foreign: admins, fresh: true},

	"extensionMe":     {paired: true, own: technicians},
	"extensionGrants": {paired: true, own: technicians},
	"extensionWait":   {paired: true, own: technicians},
	"extensionAccess": {paired: true, own: technicians},
	"extensionEnd":    {paired: true, own: technicians},
	"launch":          {paired: true, own: technicians},
	"issueFillTicket": {paired: true, own: technicians},
	"reportLaunch":    {paired: true, own: technicians},
	"reportIncident":  {paired: true, own: technicians},
	"fill":            {paired: true, own: technicians},

	"listTeams":  {foreign: overseers},
	"getTeam":    {foreign: overseers},
	"createTeam": {foreign: admins, fresh: true},
	"changeTeam": {foreign: admins, fresh: true},
	"removeTeam": {foreign: admins, fresh: true},

	"listEntitlements":  {foreign: overseers},
	"getEntitlement":    {foreign: overseers},
	"getPersonAccess":   {foreign: overseers},
	"getCustomerAccess": {foreign: overseers},
	"createEntitlement": {foreign: admins, fresh: true},
	"removeEntitlement": {foreign: admins, fresh: true},

	"listDirectoryRoles":   {foreign: overseers},
	"getTenantRoles":       {foreign: overseers},
	"refreshTenantRoles":   {foreign: admins},
	"listProfileTemplates": {foreign: overseers},
	"listProfiles":         {foreign: overseers},
	"getProfile":           {foreign: overseers},
	"createProfile":        {foreign: admins, fresh: true},
	"changeProfile":        {foreign: admins, fresh: true},
	"retireProfile":        {foreign: admins, fresh: true},

	"listCustomers":  {foreign: overseers},
	"getCustomer":    {foreign: overseers},
	"createCustomer": {foreign: admins, fresh: true},
	"changeCustomer": {foreign: admins, fresh: true},

	"exportBulk": {foreign: overseers},
	"importBulk": {foreign: admins, fresh: true, rehearsed: true},

	"previewAccountNames": {foreign: admins},
	"getApprovers":        {foreign: overseers},
	"changeApprovers":     {foreign: admins, fresh: true},

	"getPreflight":       {foreign: inspectors},
	"runPreflight":       {foreign: admins},
	"changePreflight":    {foreign: admins, fresh: true},
	"removeCustomer":     {foreign: admins, fresh: true},
	"disconnectCustomer": {foreign: admins, fresh: true},
	"abandonAccounts":    {foreign: admins, fresh: true},
	"getLeaving":         {foreign: inspectors},

	"beginDrill":     {foreign: admins, fresh: true},
	"scheduleDrills": {foreign: admins, fresh: true},
	"listDrills":     {foreign: inspectors},

	"getConnection":      {own: inspectors, foreign: inspectors},
	"beginConnection":    {own: admins, foreign: admins, fresh: true},
	"connectionCallback": {own: admins, foreign: admins},
	"connectWithOwnApp":  {foreign: admins, fresh: true},

	"listAudit":   {foreign: inspectors},
	"exportAudit": {foreign: inspectors},

	// Whoever operates Temporal without administering Hourglass is an auditor: docs/decisions/0028.
	"decodePayloads": {own: inspectors, foreign: inspectors},

	"returnGrant":       {own: technicians, foreign: nobody},
	"extendGrant":       {own: technicians, foreign: nobody},
	"reissueCredential": {own: technicians, foreign: nobody},
	"revealCredential":  {own: technicians, foreign: nobody},
	"revokeGrant":       {own: admins, foreign: admins},
	"approveGrant":      {own: nobody, foreign: approvers},
	"denyGrant":         {own: nobody, foreign: approvers},
}

// admits is the first question, asked before anything is looked up: could this person ever use the operation?
func (r rule) admits(held []access.MSPRole) bool {
	return r.open || r.anybody || r.own.any(held) || r.foreign.any(held)
}

// seesAll reports whether a person sees the grants of others.
func seesAll(held []access.MSPRole) bool { return rules["getGrant"].foreign.any(held) }

// sees reports whether a person may know of a grant.
func sees(p store.Person, g store.Grant) bool { return g.PersonID == p.ID || seesAll(p.Roles) }

// sees reports whether a caller may know of a grant: a paired browser knows its person's own.
func (by caller) sees(g store.Grant) bool {
	if !by.browser.ID.IsZero() {
		return g.PersonID == by.person.ID
	}
	return sees(by.person, g)
}

// grantFor looks a grant up for an operation of the caller. A grant that the caller may not know of is
// answered as one that does not exist; one that they see, but may not act on, says so.
func (s *server) grantFor(ctx context.Context, by caller, operation string, id access.GrantID) (store.Grant, error) {
	g, err := s.store.Grant(ctx, id)
	if err != nil {
		return store.Grant{}, err
	}
	rule, own := rules[operation], g.PersonID == by.person.ID
	admitted := rule.foreign
	if own {
		admitted = rule.own
	}
	switch {
	case !by.sees(g):
		return store.Grant{}, access.ErrNotFound
	case admitted.any(by.person.Roles):
		return g, nil
	case own && rule.foreign.any(by.person.Roles):
		return store.Grant{}, &failure{kind: ownRequest}
	}
	return store.Grant{}, &failure{kind: roleRequired}
}
