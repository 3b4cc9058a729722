package entrasim

import (
	"net/http"
	"slices"
	"time"
)

var (
	auditsKind = &collection{
		context: "auditLogs/directoryAudits", typ: "directoryAudit", paged: true, page: 1000, maxPage: 1000, orders: "activityDateTime",
		filters: map[string]string{
			"id": "eq", "activityDateTime": "ge le gt lt eq", "activityDisplayName": "eq startswith", "category": "eq", "correlationId": "eq",
			"loggedByService": "eq", "initiatedBy/user/id": "eq", "initiatedBy/user/userPrincipalName": "eq startswith",
			"initiatedBy/user/displayName": "eq", "initiatedBy/app/appId": "eq", "initiatedBy/app/displayName": "eq", "result": "eq",
			"targetResources/any/id": "eq", "targetResources/any/displayName": "eq startswith", "targetResources/any/userPrincipalName": "eq",
		},
	}
	signInsKind = &collection{
		context: "auditLogs/signIns", typ: "signIn", paged: true, page: 1000, maxPage: 1000, orders: "createdDateTime",
		filters: map[string]string{
			"id": "eq", "userId": "eq", "userPrincipalName": "eq startswith", "createdDateTime": "ge le gt lt eq", "appId": "eq",
			"appDisplayName": "eq startswith", "ipAddress": "eq startswith", "status/errorCode": "eq", "correlationId": "eq",
		},
		selects: []string{"deviceDetail", "location", "resourceId"},
	}
)

// auditRetention is how far back the logs reach: 7 days on Free, 30 with P1 or P2.
func (t *directory) auditRetention() time.Duration {
	if t.Settings.Licence == Free {
		return 7 * 24 * time.Hour
	}
	return 30 * 24 * time.Hour
}

// logged says whether a row has arrived in the log and is not too old.
func (t *directory) logged(at, now time.Time) bool {
	return !now.Before(at.Add(time.Duration(t.Settings.Delays.AuditLog))) && now.Sub(at) < t.auditRetention()
}

func listAudits(c *call) (answer, error) {
	var list []object
	for _, r := range slices.Backward(c.Audits) { // newest first
		if c.logged(r.At, c.now) {
			list = append(list, r.render())
		}
	}
	return c.many(auditsKind, list)
}

func getAudit(c *call) (answer, error) {
	for _, r := range c.Audits {
		if r.ID == c.key(1) && c.logged(r.At, c.now) {
			return c.one(http.StatusOK, auditsKind, r.render())
		}
	}
	return answer{}, notFound(c.key(1))
}

func listSignIns(c *call) (answer, error) {
	if !c.premium(P1) {
		return answer{}, refuse(http.StatusForbidden, "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
			"Neither tenant is B2C or tenant doesn't have premium license")
	}
	var list []object
	for _, r := range slices.Backward(c.SignIns) {
		if c.logged(r.At, c.now) {
			list = append(list, r.render(c.id))
		}
	}
	return c.many(signInsKind, list)
}
