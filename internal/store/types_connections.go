package store

import (
	"time"

	"hourglass/internal/access"
)

// NewAttempt is an attempt to connect a customer, before anybody is sent to Microsoft.
type NewAttempt struct {
	ID         access.AttemptID
	CustomerID access.CustomerID
	// TenantID is the tenant that is expected to consent.
	TenantID access.TenantID
	// StateHash names the attempt to the browser that comes back; the state itself is not kept.
	StateHash [32]byte
	SessionID [32]byte
	ExpiresAt time.Time
	// App is an app of the customer's own with its sealed key; CustomerID and TenantID of it are the attempt's. nil:
	// the deployment's app, to which an administrator is to consent.
	App *AppKey
}

// Callback is a browser that came back from Microsoft. All but SessionID and By was said by the browser.
type Callback struct {
	// ID names this callback in the audit log.
	ID         string
	StateHash  [32]byte
	CustomerID access.CustomerID
	SessionID  [32]byte
	By         Actor
	// TenantID is what the address says; zero where it says nothing legal.
	TenantID access.TenantID
	// Failure is what the address says went wrong; "" where it says nothing of the kind.
	Failure access.ConnectFailure
}

// Attempt is an attempt to connect a customer.
type Attempt struct {
	ID         access.AttemptID
	CustomerID access.CustomerID
	PersonID   access.PersonID
	TenantID   access.TenantID
	// AppKeyID is the key of the customer's own app that is verified; zero where the deployment's app is.
	AppKeyID access.AppKeyID
	Step     access.ConnectStep
	// Failure is set where Step is StepFailed.
	Failure access.ConnectFailure
	// Missing are the permissions, by name, that the tenant's last token lacked.
	Missing     []string
	BegunAt     time.Time
	ExpiresAt   time.Time
	ConsentedAt *time.Time
	EndedAt     *time.Time
}

// Verified is what a tenant said of itself, all of it as expected.
type Verified struct {
	TenantID access.TenantID
	// Permissions that its token carries, by name.
	Permissions []string
	// AccountDomain is one of its domains.
	AccountDomain string
	// Revision is the customer's, for whose settings the domain was chosen; 0: whatever they are by now.
	Revision int64
}

// Connection is a customer with what is known of its connection.
type Connection struct {
	Customer Customer
	// Permissions, by name, and VerifiedAt are of the last time that the tenant was verified; nil before that.
	Permissions []string
	VerifiedAt  *time.Time
	// App speaks in the customer's tenant, or would if it were connected by consent; nil where no worker has named it yet.
	App *AppInUse
	// Attempt is the newest, nil where there was none.
	Attempt *Attempt
}
