// Package workflows says what happens to a grant and in which order. It is deterministic code only:
// every effect is an activity, every instant comes from workflow.Now. It knows the domain and the
// Temporal SDK, and nothing of databases, of Microsoft or of HTTP.
//
// One run of JITAccessWorkflow is one grant:
//
//	requested ──► awaiting_approval ──► (denied, withdrawn: ended, nothing was touched)
//	    │                 │
//	    ▼                 ▼
//	  provisioning: ProvisionAccount (account, then credential) ► AssignRoles
//	    │                 │
//	    │ failed,         ▼
//	    │ revoked      active: sleeps until ExpiresAt; return, revoke, extend, reissue
//	    │                 │
//	    ▼                 ▼
//	  ending: SwitchOff, retried for ever, on a disconnected context; a lifetime's first
//	    │     attempt is within the workflow task (nearby.go)
//	    ▼
//	  ended: only with the proof that SwitchOff brought back
//
// The step into ending is the tail of the workflow function itself: nothing before it can return
// (end-before-beginning). The database's side of every step is written by the step's activity.
package workflows
