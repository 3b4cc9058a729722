package contract

// The gaps of the description: it is a cut-out, and parts that the stand-in serves were not cut. Each with its reason;
// everything else that the description lacks fails.
var (
	// missingPaths are operations that exist in Graph but not in the cut-out.
	missingPaths = map[string]string{
		"DELETE /groups/{id}/members/{id}/$ref":                          "no groups in the cut-out",
		"DELETE /groups/{id}/owners/{id}/$ref":                           "no groups in the cut-out",
		"GET /roleManagement/directory/roleEligibilitySchedules":         "not in the cut-out",
		"POST /roleManagement/directory/roleEligibilityScheduleRequests": "not in the cut-out",
		"GET /users/{id}/authentication/platformCredentialMethods":       "only DELETE is in the cut-out",
		"GET /users/{id}/authentication/externalAuthenticationMethods":   "only DELETE is in the cut-out",
		"GET /users/{id}/authentication/hardwareOathMethods":             "beta",
		"DELETE /users/{id}/authentication/hardwareOathMethods/{id}":     "beta",
	}
	// missingTypes are @odata.type values whose schema the cut-out lacks.
	missingTypes = map[string]string{
		"#microsoft.graph.group":                                                "no groups in the cut-out",
		"#microsoft.graph.servicePrincipal":                                     "no service principals in the cut-out",
		"#microsoft.graph.temporaryAccessPassAuthenticationMethodConfiguration": "the subtype is not in the cut-out",
		"#microsoft.graph.hardwareOathAuthenticationMethod":                     "beta",
		"#microsoft.graph.platformCredentialAuthenticationMethod":               "only the DELETE path is in the cut-out",
		"#microsoft.graph.externalAuthenticationMethod":                         "only the DELETE path is in the cut-out",
	}
	// missingProperties are properties that the cut-out dropped, by type and name.
	missingProperties = map[string]string{
		"authenticationMethodsPolicy.authenticationMethodConfigurations": "navigation property: dropped by the cut, always returned by Microsoft",
		"unifiedRoleAssignmentSchedule.roleDefinition":                   "navigation property: dropped by the cut, returned with $expand",
		"unifiedRoleAssignmentSchedule.principal":                        "navigation property: dropped by the cut, returned with $expand",
		"unifiedRoleAssignmentScheduleInstance.roleDefinition":           "navigation property: dropped by the cut, returned with $expand",
		"unifiedRoleAssignmentScheduleInstance.principal":                "navigation property: dropped by the cut, returned with $expand",
		"unifiedRoleAssignmentScheduleRequest.roleDefinition":            "navigation property: dropped by the cut, returned with $expand",
		"unifiedRoleAssignmentScheduleRequest.principal":                 "navigation property: dropped by the cut, returned with $expand",
		"unifiedRoleEligibilityScheduleInstance.roleDefinition":          "navigation property: dropped by the cut, returned with $expand",
		"unifiedRoleEligibilityScheduleInstance.principal":               "navigation property: dropped by the cut, returned with $expand",
		".newUserPrincipalName":                                          "parameter of restore that is newer than the snapshot",
	}
)
