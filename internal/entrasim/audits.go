package entrasim

import (
	"time"

	"github.com/google/uuid"
)

// auditLimit bounds what a tenant keeps of each log; the oldest rows go first.
const auditLimit = 10000

// initiator is who did something: an app by its service principal, or a person.
type initiator struct {
	AppID, PrincipalID, Name string
	UserID, UPN              string
}

// byHand marks what a test or the control listener did in a customer's name.
var byHand = initiator{UserID: "00000000-0000-0000-0000-00000000c0de", UPN: "admin-by-hand", Name: "Customer administrator"}

// auditTarget is one of the objects that an audit row is about.
type auditTarget struct {
	Type, ID, UPN, DisplayName string
}

// auditRow is one row of the directory audit log.
type auditRow struct {
	ID            string
	At            time.Time
	Activity      string // activityDisplayName
	Category      string
	Operation     string
	Service       string
	By            initiator
	Targets       []auditTarget
	CorrelationID string
}

// audit writes a row about a change that succeeded.
func (t *directory) audit(now time.Time, by initiator, activity, category, operation string, targets ...auditTarget) {
	service := "Core Directory"
	switch category {
	case "AuthenticationMethods":
		service, category = "Authentication Methods", "UserManagement"
	case "PIM":
		service, category = "PIM", "RoleManagement"
	}
	t.Audits = append(t.Audits, &auditRow{
		ID: "Directory_" + uuid.NewString(), At: now, Activity: activity, Category: category, Operation: operation,
		Service: service, By: by, Targets: targets, CorrelationID: uuid.NewString(),
	})
	if extra := len(t.Audits) - auditLimit; extra > 0 {
		t.Audits = append([]*auditRow(nil), t.Audits[extra:]...)
	}
}

func (r *auditRow) render() object {
	by := object{"app": nil, "user": nil}
	if r.By.AppID != "" {
		by["app"] = object{
			"appId": r.By.AppID, "displayName": r.By.Name, "servicePrincipalId": r.By.PrincipalID, "servicePrincipalName": nil,
		}
	} else {
		by["user"] = object{"id": r.By.UserID, "displayName": r.By.Name, "userPrincipalName": r.By.UPN, "ipAddress": nil}
	}
	var targets []any
	for _, t := range r.Targets {
		targets = append(targets, object{
			"id": t.ID, "displayName": t.DisplayName, "type": t.Type, "userPrincipalName": nullable(t.UPN),
			"groupType": nil, "modifiedProperties": []any{},
		})
	}
	return object{
		"id": r.ID, "category": r.Category, "correlationId": r.CorrelationID, "result": "success", "resultReason": "",
		"activityDisplayName": r.Activity, "activityDateTime": stamp(r.At), "loggedByService": r.Service,
		"operationType": r.Operation, "initiatedBy": by, "targetResources": targets, "additionalDetails": []any{},
	}
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// signInRow is one row of the sign-in log.
type signInRow struct {
	ID        string
	At        time.Time
	UserID    string
	UPN, Name string
	App       string
	IP        string
	ErrorCode int
	Reason    string
}

func (t *directory) signIn(now time.Time, u *user, app, ip string, code int, reason string) {
	t.SignIns = append(t.SignIns, &signInRow{
		ID: uuid.NewString(), At: now, UserID: u.ID, UPN: u.UPN, Name: text(u.Props["displayName"]),
		App: app, IP: ip, ErrorCode: code, Reason: reason,
	})
	if extra := len(t.SignIns) - auditLimit; extra > 0 {
		t.SignIns = append([]*signInRow(nil), t.SignIns[extra:]...)
	}
}

func (r *signInRow) render(tenantID string) object {
	return object{
		"id": r.ID, "createdDateTime": stamp(r.At), "userId": r.UserID, "userPrincipalName": r.UPN, "userDisplayName": r.Name,
		"appDisplayName": r.App, "appId": adminCentreAppID, "ipAddress": r.IP, "clientAppUsed": "Browser",
		"correlationId": r.ID, "conditionalAccessStatus": "notApplied", "isInteractive": true, "riskDetail": "none",
		"riskLevelAggregated": "none", "riskLevelDuringSignIn": "none", "riskState": "none", "riskEventTypes": []any{},
		"resourceDisplayName": "Microsoft Graph", "resourceTenantId": tenantID, "homeTenantId": tenantID,
		"status":                           object{"errorCode": r.ErrorCode, "failureReason": r.Reason, "additionalDetails": nil},
		"appliedConditionalAccessPolicies": []any{},
	}
}
