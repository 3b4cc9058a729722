package connect

import (
	"context"
	"time"

	"hourglass/internal/rounds"
	"hourglass/internal/store"
)

// warnEvery is how often secrets and certificates are looked at.
const warnEvery = time.Minute

// watch notes which app speaks for the deployment, warns of secrets and certificates that come near their end, and deletes
// those that removed customers left, until ctx ends.
func (c *Connector) watch(ctx context.Context) {
	noted := false
	rounds.Every(ctx, warnEvery, func(ctx context.Context) {
		if !noted {
			noted = c.noteDeployment(ctx)
		}
		c.Warn(ctx)
		if err := c.store.DropLeftAppKeys(ctx); err != nil && ctx.Err() == nil {
			c.log.ErrorContext(ctx, "the keys that removed customers left were not deleted", "error", err)
		}
	})
}

// noteDeployment writes down what people may see of the deployment's app: the API has no key from which to read it.
func (c *Connector) noteDeployment(ctx context.Context) bool {
	app := c.entra.Deployment()
	note := store.DeploymentApp{ClientID: app.ClientID, Kind: app.Key.Kind(), Thumbprint: app.Key.Thumbprint()}
	if ends := app.Key.Expires(); !ends.IsZero() {
		note.ExpiresAt = &ends
	} else if !c.secretEnds.IsZero() {
		note.ExpiresAt = &c.secretEnds
	}
	err := c.store.NoteDeploymentApp(ctx, note)
	if err != nil && ctx.Err() == nil {
		c.log.ErrorContext(ctx, "the deployment's app was not noted", "error", err)
	}
	return err == nil
}

// Warn records and logs every warning that has become due.
func (c *Connector) Warn(ctx context.Context) {
	given, err := c.store.WarnOfExpiry(ctx)
	if err != nil && ctx.Err() == nil {
		c.log.ErrorContext(ctx, "not every secret and certificate near its end was found", "error", err)
	}
	for _, w := range given {
		c.log.WarnContext(ctx, "an app's "+string(w.Kind)+" ends soon: add a new one to the app registration and give it to Hourglass",
			"days", w.Days, "expires_at", w.ExpiresAt.UTC(), "client_id", w.ClientID.String(), "customer", w.CustomerID.String())
	}
}
